import type { JsonObject } from '#core';
import type { Settlement } from '#decision';
import type { CounterChange } from '#state';
import type { Progress } from './progress.ts';
import type { ChargedCounter } from './watch-thresholds.ts';

/** A request that has ended and is settled: what records, metrics and alerts are made of. */
export interface FinishedRequest {
  readonly progress: Readonly<Progress>;
  readonly settlement: Settlement | null;
  /** Counters that the account moved. */
  readonly counters: readonly CounterChange[];
  readonly endedMs: number;
  /** The caller's body, for digests and lengths: never for its text. */
  readonly body: JsonObject | null;
}

/** The counters of a finished request as its account left them. Pure. */
export function chargedCounters({ settlement, counters }: FinishedRequest): readonly ChargedCounter[] {
  const changes = new Map(counters.map((change) => [change.key, change]));
  return (settlement?.charges ?? []).flatMap(({ counter }) => {
    const change = changes.get(counter.key);
    return change === undefined ? [] : [{ counter, spent: change.after }];
  });
}
