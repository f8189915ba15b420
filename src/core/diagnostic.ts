/** How grave a finding is. */
export type Severity = 'error' | 'warn' | 'info';

/** A half-open range in a policy file. Lines and columns count from 1; offsets are UTF-16 code units from 0. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly start: number;
  readonly end: number;
}

/** One mistake in an author's input. `message` says what is wrong and what was expected, `hint` the next action. Never holds a secret. */
export interface Diagnostic {
  /** Rule id, such as `yaml/syntax`, `schema/unknown-key`, `route/ambiguous`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
  readonly span?: Span;
  readonly related?: readonly RelatedPlace[];
  /** A request that shows the finding, in the shape of `Test.cases[].request`. */
  readonly witness?: unknown;
  /** What `lint --fix` would do about it; absent where a person has to decide. */
  readonly fix?: Fix;
  /** Environments in which the finding holds; absent when it does not depend on one. */
  readonly environments?: readonly string[];
}

/** A change of policy files that removes a finding, as edits of the text: all of them or none. */
export interface Fix {
  /** What is done, in the imperative: `rename the key to maxAttempts`. */
  readonly title: string;
  readonly edits: readonly FixEdit[];
}

/**
 * One edit of a policy file. Spans are those of the parser. `replace` puts text in the place of a span (an empty span inserts); `wrap` puts text around it; `remove` takes away
 * the list item at the span, or the whole document; `set` gives the map that holds the key at the span one more key; `append` adds plain texts to the list whose key is at the span.
 */
export type FixEdit =
  | { readonly kind: 'replace'; readonly at: Span; readonly text: string }
  | { readonly kind: 'wrap'; readonly at: Span; readonly before: string; readonly after: string }
  | { readonly kind: 'remove'; readonly at: Span; readonly what: 'item' | 'document' }
  | { readonly kind: 'set'; readonly at: Span; readonly key: string; readonly text: string }
  | { readonly kind: 'append'; readonly at: Span; readonly items: readonly string[] };

/** Another place that belongs to a finding. */
export interface RelatedPlace {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A place in a policy file, as records and explanations carry it. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Orders findings by file, line, column, rule: the same list on every machine. Pure. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

/** Compares by code units, so that no locale changes an order. Pure. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
