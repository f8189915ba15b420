import { pickField, type SecretName } from './secret-name.ts';
import { StoreError, type StoreFailure } from './store-error.ts';
import type { ReadStore, StoredSecret } from './store-reader.ts';

/** One secret of a store, kept and had anew; a reference means all of it or one of its fields. */
export interface KeptSecret {
  /** The value of a field now; null when there is none, with the reason. */
  readonly valueOf: (field: string | null) => Picked;
  /** Asks for it where it is time; resolves when it was asked for, had or not. One call at a time. Never rejects. */
  readonly refreshIfDue: () => Promise<void>;
  /** Somebody would not have the value: it is asked for at the next look, at most once in a while. */
  readonly refused: () => void;
  readonly state: () => KeptState;
}

/** How a kept secret is. Times in ms since 1970. */
export interface KeptState {
  readonly version: string | null;
  readonly createdAtMs: number | null;
  /** When the store last gave it or said that there is none; null for never. */
  readonly checkedAtMs: number | null;
  /** Why the store gives no newer value; null when it does. */
  readonly problem: string | null;
  /** Whether a value is kept all the same. */
  readonly isKept: boolean;
}

/** What happened to a secret: told once for each change. */
export type KeptEvent =
  | { readonly kind: 'changed'; readonly before: StoredSecret; readonly now: StoredSecret }
  | { readonly kind: 'failed'; readonly failure: StoreFailure; readonly problem: string; readonly isKept: boolean }
  | { readonly kind: 'recovered' };

export interface KeptOptions {
  readonly name: Pick<SecretName, 'name' | 'version'>;
  readonly read: ReadStore;
  readonly refreshMs: number;
  readonly nowMs: () => number;
  /** In [0, 1): replicas do not all ask at once. */
  readonly draw: () => number;
  readonly onEvent: (event: KeptEvent) => void;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 60_000;
const REFUSED_MS = 10_000;
// What ends is asked for before, at half its life at the latest.
const AHEAD_MS = 60_000;

/**
 * Keeps a secret. The last good value serves on while the store is away, denies it or gives what cannot be used; a store that says that there is none (any more)
 * withdraws it at once. Effects: those of `read`.
 */
export function createKeptSecret({ name, read, refreshMs, nowMs, draw, onEvent }: KeptOptions): KeptSecret {
  let held: StoredSecret | null = null;
  // Read with every request; a field that was asked for once is looked for in every new version.
  const picked = new Map<string | null, Picked>();
  let checkedAtMs: number | null = null;
  let failed: { readonly failure: StoreFailure; readonly problem: string; readonly count: number } | null = null;
  let pending: Promise<void> | null = null;
  let nextAtMs = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    try {
      had(await read(name.name, name.version));
    } catch (error) {
      missed(error);
    }
  }

  function had(secret: StoredSecret): void {
    const before = held;
    const lost = [...picked].find(([field, { value }]) => value !== null && pick(secret, field).value === null);
    if (lost !== undefined) {
      missed(new StoreError('malformed', `the newest version cannot be used: ${pick(secret, lost[0]).problem}`));
      return;
    }
    const wasFailed = failed !== null;
    held = secret;
    failed = null;
    for (const field of picked.keys()) picked.set(field, pick(secret, field));
    checkedAtMs = nowMs();
    nextAtMs = checkedAtMs + spread(untilNext(secret, checkedAtMs));
    if (wasFailed) onEvent({ kind: 'recovered' });
    if (before !== null && !isSame(before, secret)) onEvent({ kind: 'changed', before, now: secret });
  }

  function untilNext({ endsAtMs }: StoredSecret, atMs: number): number {
    if (endsAtMs === null || endsAtMs <= atMs) return refreshMs;
    const left = endsAtMs - atMs;
    return Math.min(refreshMs, Math.max(FIRST_RETRY_MS, left - Math.min(AHEAD_MS, left / 2)));
  }

  function missed(error: unknown): void {
    const { failure, problem } = failureOf(error);
    const count = (failed?.count ?? 0) + 1;
    const isNews = failed?.failure !== failure;
    failed = { failure, problem, count };
    if (failure === 'missing') {
      held = null;
      picked.clear();
      checkedAtMs = nowMs();
    }
    const retryMs = Math.min(refreshMs, LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(count - 1, 10));
    nextAtMs = nowMs() + spread(retryMs);
    if (isNews) onEvent({ kind: 'failed', failure, problem, isKept: held !== null });
  }

  /** Between nine tenths of it and all of it: never later than promised. */
  function spread(ms: number): number {
    return ms * (0.9 + 0.1 * draw());
  }

  return {
    valueOf(field) {
      if (held === null) return { value: null, problem: failed?.problem ?? 'it is being asked for' };
      const known = picked.get(field) ?? pick(held, field);
      picked.set(field, known);
      return known;
    },
    refreshIfDue() {
      if (pending !== null) return pending;
      if (nowMs() < nextAtMs) return Promise.resolve();
      pending = refresh().finally(() => {
        pending = null;
      });
      return pending;
    },
    refused() {
      if (checkedAtMs === null || nowMs() - checkedAtMs >= REFUSED_MS) nextAtMs = Math.min(nextAtMs, nowMs());
    },
    state: () => ({
      ...{ version: held?.version ?? null, createdAtMs: held?.createdAtMs ?? null, checkedAtMs },
      ...{ problem: failed?.problem ?? null, isKept: held !== null },
    }),
  };
}

interface Picked {
  readonly value: string | null;
  readonly problem: string;
}

function pick({ content }: StoredSecret, field: string | null): Picked {
  try {
    return { value: pickField(content, field), problem: '' };
  } catch (error) {
    return { value: null, problem: failureOf(error).problem };
  }
}

function isSame(a: StoredSecret, b: StoredSecret): boolean {
  return JSON.stringify(a.content) === JSON.stringify(b.content);
}

/** Messages of libraries may repeat what they were given; only our own words and the name of an error are told. */
function failureOf(error: unknown): { readonly failure: StoreFailure; readonly problem: string } {
  if (error instanceof StoreError) return { failure: error.failure, problem: error.message };
  return { failure: 'unavailable', problem: `it cannot be read (${error instanceof Error ? error.name : 'error'})` };
}
