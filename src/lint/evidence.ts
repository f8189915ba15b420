/** What a recording says about one environment: counts, never text. `signalbox lint --traffic` makes it by deciding each record under the checked policies. */
export interface TrafficEvidence {
  readonly environment: string;
  readonly records: number;
  /** Whole and parts of days between the first and the last record. */
  readonly days: number;
  /** Requests that each route took. */
  readonly routes: ReadonlyMap<string, number>;
  /** What each budget counted in each of its windows, dearest first, in micro-USD or as a count. */
  readonly budgets: ReadonlyMap<string, readonly number[]>;
  /** Answers that could have come from each cache, and those that did. */
  readonly caches: ReadonlyMap<string, { readonly lookups: number; readonly hits: number }>;
  /** How often each alert would have fired; alerts whose condition a recording cannot show are missing. */
  readonly alerts: ReadonlyMap<string, number>;
}
