/** The time as the pure code sees it: milliseconds since 1970, handed in by whoever calls. */
export interface Clock {
  readonly nowMs: () => number;
}
