/** What a route adds to the instructions of a request, and how long it lets a conversation grow. */
export interface RoutePrompt {
  readonly prepend: PromptText | null;
  readonly append: PromptText | null;
  /** The most bytes of UTF-8 that both texts can have, whatever a request says. */
  readonly bytesAtMost: number;
  readonly trim: PromptTrim | null;
}

/** A text in pieces: as written, or to be filled in. */
export type PromptText = readonly (string | PromptVariable)[];

/** A place in a text that a request fills in. */
export interface PromptVariable {
  readonly name: string;
  readonly source: PromptSource;
  /** Stands in for a value that is absent, too long, or none of `values`. */
  readonly fallback: string;
  /** Null takes any value. */
  readonly values: readonly string[] | null;
  /** In UTF-16 code units. */
  readonly maxLength: number;
}

/** Where a value comes from; header names are lower case. */
export type PromptSource =
  | { readonly kind: 'consumer' }
  | { readonly kind: 'label' | 'metadata' | 'header'; readonly key: string }
  | { readonly kind: 'date'; readonly form: 'day' | 'month' | 'year' | 'weekday' };

/** Old turns are left out until the caller's part keeps within both; null sets no bound. */
export interface PromptTrim {
  readonly tokens: number | null;
  /** The share of the chain's smallest context window that input and output may take, 0 to 1. */
  readonly windowShare: number | null;
}

/** A prompt with the values of a request in place. */
export interface RenderedPrompt {
  readonly prepend: string | null;
  readonly append: string | null;
}
