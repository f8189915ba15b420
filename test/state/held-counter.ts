import type { CounterKey } from '#decision';

/** The counter that `write-holds.ts` takes its holds on. */
export const heldCounter: CounterKey = {
  ...{ key: 'budget:day::2026-01-01T00:00:00.000Z', budget: 'day', unit: 'tokens', limit: 1e9, split: [] },
  ...{ windowStartMs: 0, windowEndMs: 8e15 },
};
