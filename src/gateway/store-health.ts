import type { StoreEvent } from '#state';

/** Why the budget store does not answer, in words for the operator, and since when. */
export interface StoreProblem {
  readonly sinceMs: number;
  readonly detail: string;
}

/** What the events of the budget store come to: whether it answers now. */
export interface StoreHealth {
  readonly hear: (event: StoreEvent) => void;
  /** Null while the store answers. */
  readonly problem: () => StoreProblem | null;
}

/** Creates one that takes the store to be there. */
export function createStoreHealth(nowMs: () => number): StoreHealth {
  let problem: StoreProblem | null = null;
  return {
    hear(event) {
      if (event.kind === 'lost') problem = { sinceMs: nowMs(), detail: event.detail };
      if (event.kind === 'found') problem = null;
    },
    problem: () => problem,
  };
}
