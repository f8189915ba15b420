import type { CounterKey, CounterState } from '#decision';

/** What this process last saw of counters, for budgets that decide by it while the store is away. */
export interface LastKnown {
  readonly learn: (counters: Readonly<Record<string, CounterState>>) => void;
  /** Counts what this process has spent and given back since, without the store. */
  readonly settle: (key: string, spent: number, released: number) => void;
  readonly of: (keys: readonly CounterKey[]) => Readonly<Record<string, CounterState>>;
}

/** Creates one for at most so many counters; the one not seen for longest goes first. */
export function createLastKnown(max: number): LastKnown {
  const known = new Map<string, CounterState>();

  function keep(key: string, state: CounterState): void {
    known.delete(key);
    known.set(key, state);
    if (known.size <= max) return;
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }

  return {
    learn(counters) {
      for (const [key, state] of Object.entries(counters)) keep(key, state);
    },
    settle(key, spent, released) {
      const before = known.get(key) ?? { spent: 0, held: 0 };
      keep(key, { spent: before.spent + spent, held: Math.max(0, before.held - released) });
    },
    of: (keys) =>
      Object.fromEntries(
        keys.flatMap(({ key }) => {
          const state = known.get(key);
          return state === undefined ? [] : [[key, state] as const];
        }),
      ),
  };
}
