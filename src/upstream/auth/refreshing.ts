import { TokenError } from './fetch-token.ts';

/** Something that ends and can be had anew: a token, or the keys of a role. */
export interface Expiring<T> {
  readonly value: T;
  /** Milliseconds since 1970; null for what does not end. */
  readonly expiresMs: number | null;
}

export interface Refreshing<T> {
  /** Null when there is a value to use; else resolves when it was asked for, had or not. Never rejects. */
  readonly ready: () => Promise<void> | null;
  readonly current: () => T | null;
  /** Why there is no value, without any secret. */
  readonly problem: () => string | null;
  /** The provider refused the value: it is asked for anew, at most once in a while. */
  readonly refused: () => void;
}

// Asked for anew in the background while the old one still serves; many providers give the same one until then.
const AHEAD_MS = 5 * 60_000;
// A call takes time to arrive, and clocks differ.
const SKEW_MS = 30_000;
// A refused or unreachable endpoint is left alone so long.
const REST_MS = 5_000;

/** Keeps one value: however many calls ask at once, one refresh is in flight. Effects: those of `load`. */
export function createRefreshing<T>(load: () => Promise<Expiring<T>>, nowMs: () => number): Refreshing<T> {
  let held: (Expiring<T> & { readonly sinceMs: number }) | null = null;
  let pending: Promise<void> | null = null;
  let failed: { readonly atMs: number; readonly problem: string } | null = null;

  function isUsable(): boolean {
    return held !== null && (held.expiresMs === null || held.expiresMs - SKEW_MS > nowMs());
  }

  function isDue(): boolean {
    if (held?.expiresMs == null) return held === null;
    // Half its life, for values that live shorter than the time ahead.
    const ahead = Math.min(AHEAD_MS, (held.expiresMs - held.sinceMs) / 2);
    return held.expiresMs - ahead <= nowMs();
  }

  function refresh(): Promise<void> {
    // What throws before it waits is no less a refusal.
    pending ??= Promise.resolve()
      .then(load)
      .then(
        (loaded) => {
          held = { ...loaded, sinceMs: nowMs() };
          failed = null;
        },
        (error: unknown) => {
          failed = { atMs: nowMs(), problem: problemOf(error) };
        },
      )
      .finally(() => {
        pending = null;
      });
    return pending;
  }

  function ready(): Promise<void> | null {
    const isResting = failed !== null && nowMs() - failed.atMs < REST_MS;
    const asked = pending ?? (isDue() && !isResting ? refresh() : null);
    return isUsable() ? null : asked;
  }

  function refused(): void {
    if (held !== null && nowMs() - held.sinceMs >= REST_MS) held = null;
  }

  return {
    ready,
    current: () => (isUsable() ? (held?.value ?? null) : null),
    problem: () => (isUsable() ? null : (failed?.problem ?? null)),
    refused,
  };
}

/** Messages of libraries may repeat what they were given; only our own words and the name of an error are told. */
function problemOf(error: unknown): string {
  if (error instanceof TokenError) return error.message;
  return `no credentials (${error instanceof Error ? error.name : 'error'})`;
}
