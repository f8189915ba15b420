/**
 * What the processes that share a store tell each other for alerts: short texts by name, each for a while, and which process leads. Not for the path of a
 * request.
 */
export interface AlertBoard {
  /** True when this process leads now and for so long: one at a time, over all processes and restarts. */
  readonly lead: (owner: string, forMs: number) => Promise<boolean>;
  /** Keeps a text under a name for so many ms. */
  readonly put: (name: string, text: string, forMs: number) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** All texts that are kept now, by name. */
  readonly list: () => Promise<Readonly<Record<string, string>>>;
  readonly close: () => Promise<void>;
}
