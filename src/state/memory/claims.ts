import { StoreUnavailableError } from '../store-errors.ts';

/** Names that were taken, each for a while. */
export interface Claims {
  /** False when somebody has the name. Throws StoreUnavailableError when there is room for no more: letting one go would let it be taken twice. */
  readonly take: (name: string, forMs: number, nowMs: number) => boolean;
  /** Keeps a name that was taken elsewhere, where there is room. */
  readonly keep: (name: string, forMs: number, nowMs: number) => void;
  /** When the names that are still taken were taken. */
  readonly takenAt: (names: readonly string[], nowMs: number) => Readonly<Record<string, number>>;
}

interface Claim {
  readonly atMs: number;
  readonly untilMs: number;
}

/** Creates an empty list of at most so many names. */
export function createClaims(max: number): Claims {
  const claims = new Map<string, Claim>();

  function dropOver(nowMs: number): void {
    for (const [name, { untilMs }] of claims) if (untilMs <= nowMs) claims.delete(name);
  }

  function isTaken(name: string, nowMs: number): boolean {
    const claim = claims.get(name);
    return claim !== undefined && claim.untilMs > nowMs;
  }

  function hasRoom(nowMs: number): boolean {
    if (claims.size >= max) dropOver(nowMs);
    return claims.size < max;
  }

  return {
    take(name, forMs, nowMs) {
      if (isTaken(name, nowMs)) return false;
      if (!hasRoom(nowMs)) throw new StoreUnavailableError(`${max} names are taken at once.`);
      claims.set(name, { atMs: nowMs, untilMs: nowMs + forMs });
      return true;
    },
    keep(name, forMs, nowMs) {
      if (!isTaken(name, nowMs) && hasRoom(nowMs)) claims.set(name, { atMs: nowMs, untilMs: nowMs + forMs });
    },
    takenAt: (names, nowMs) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const claim = claims.get(name);
          return claim !== undefined && claim.untilMs > nowMs ? [[name, claim.atMs] as const] : [];
        }),
      ),
  };
}
