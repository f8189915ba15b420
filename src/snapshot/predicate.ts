/** What a CEL `when` may read, and nothing else. Numbers are doubles, so that JavaScript numbers need no conversion. */
export interface PredicateInput {
  readonly request: {
    readonly endpoint: string;
    readonly model: string;
    readonly path: string;
    readonly stream: boolean;
    readonly hasTools: boolean;
    readonly toolCount: number;
    readonly images: number;
    readonly audio: number;
    readonly documents: number;
    readonly responseFormat: string;
    readonly inputTokens: number;
    readonly maxOutputTokens: number;
    readonly temperature: number;
    readonly bodyBytes: number;
    readonly session: string;
  };
  readonly consumer: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly metadata: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** A type-checked CEL expression, ready to run. Two predicates with the same source behave the same. */
export interface Predicate {
  readonly source: string;
  /** Never throws: an evaluation error (a missing key, a cost limit) counts as false. Pure. */
  readonly evaluate: (input: PredicateInput) => boolean;
}
