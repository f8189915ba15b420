import type { SecretRef, Secrets } from '../secrets.ts';
import type { Auth } from './auth.ts';

/** Chooses among the keys of a provider: in turn, leaving out those that rest. */
export interface KeyPool {
  /** The key for the next call; null when none has a value, or the provider needs none. */
  readonly next: (auth: Auth) => PickedKey | null;
  /** A refused or limited key rests, unless all do. */
  readonly rest: (key: PickedKey, forMs: number) => void;
}

export interface PickedKey {
  readonly ref: SecretRef;
  readonly value: string;
}

/** Creates a pool over all providers; a key that two providers share rests for both. */
export function createKeyPool(secrets: Secrets, nowMs: () => number): KeyPool {
  const restUntilMs = new Map<string, number>();
  let turn = 0;

  function next(auth: Auth): PickedKey | null {
    const [only] = auth.secrets;
    if (auth.secrets.length === 1 && only !== undefined) return pick(only);
    const atMs = nowMs();
    let resting: PickedKey | null = null;
    turn += 1;
    for (let i = 0; i < auth.secrets.length; i++) {
      const ref = auth.secrets[(turn + i) % auth.secrets.length];
      const key = ref === undefined ? null : pick(ref);
      if (key === null) continue;
      if ((restUntilMs.get(key.ref.id) ?? 0) <= atMs) return key;
      resting ??= key;
    }
    return resting;
  }

  function pick(ref: SecretRef): PickedKey | null {
    const value = secrets.resolve(ref);
    return value === null ? null : { ref, value };
  }

  return { next, rest: (key, forMs) => restUntilMs.set(key.ref.id, nowMs() + forMs) };
}
