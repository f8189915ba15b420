/** What an author has to know about one setting. */
export interface Difference {
  /**
   * `left-out`: not imported. `differs`: imported, and behaves in another way here. `needs-you`: imported, and works only after something is done by hand.
   * `added`: stands in the policies although the source does not say it. `ignored`: part of a deployment and no setting of a gateway, so nothing is lost.
   */
  readonly effect: 'left-out' | 'differs' | 'needs-you' | 'added' | 'ignored';
  /** What it is about, one kebab-case word or two, such as `retry` or `cache-scope`. */
  readonly topic: string;
  /** The imported file, as it was named. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Such as `router_settings.fallbacks[0]`; empty for the file as a whole. */
  readonly path: string;
  /** What is so. Never holds a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly action: string;
}

/** How much of a file came over. `none` means that no request would be answered by what was found. */
export type Verdict = 'full' | 'partial' | 'none';
