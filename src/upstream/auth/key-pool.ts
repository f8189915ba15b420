import type { SecretRef, Secrets } from '../secrets.ts';
import type { Auth } from './auth.ts';

/** Chooses among the keys of a provider: in turn, leaving out those that rest. */
export interface KeyPool {
  /** The key for the next call; null when none has a value, or the provider needs none. */
  readonly next: (auth: Auth) => PickedKey | null;
  /** A refused or limited key rests, unless all do; one that has been replaced since does not. */
  readonly rest: (key: PickedKey, forMs: number) => void;
  /** A provider would not have the key: perhaps there is a newer one. */
  readonly refused: (key: PickedKey) => void;
}

export interface PickedKey {
  readonly ref: SecretRef;
  readonly value: string;
}

/** Creates a pool over all providers; a key that two providers share rests for both. */
export function createKeyPool(secrets: Secrets, nowMs: () => number): KeyPool {
  const resting = new Map<string, { readonly value: string; readonly untilMs: number }>();
  let turn = 0;

  function next(auth: Auth): PickedKey | null {
    const [only] = auth.secrets;
    if (auth.secrets.length === 1 && only !== undefined) return pick(only);
    const atMs = nowMs();
    let rested: PickedKey | null = null;
    turn += 1;
    for (let i = 0; i < auth.secrets.length; i++) {
      const ref = auth.secrets[(turn + i) % auth.secrets.length];
      const key = ref === undefined ? null : pick(ref);
      if (key === null) continue;
      const rests = resting.get(key.ref.id);
      if (rests === undefined || rests.untilMs <= atMs || rests.value !== key.value) return key;
      rested ??= key;
    }
    return rested;
  }

  function pick(ref: SecretRef): PickedKey | null {
    const value = secrets.resolve(ref);
    return value === null ? null : { ref, value };
  }

  return {
    next,
    rest: ({ ref, value }, forMs) => resting.set(ref.id, { value, untilMs: nowMs() + forMs }),
    refused: ({ ref }) => secrets.refused(ref),
  };
}
