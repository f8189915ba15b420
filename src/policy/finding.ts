import type { Diagnostic, RelatedPlace, Span } from '#core';

/** What a finding says, beside where. */
export interface FindingText {
  readonly rule: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly related?: readonly RelatedPlace[];
}

/** An error at a span. Pure. */
export function errorAt(span: Span, { rule, message, hint, related }: FindingText): Diagnostic {
  return {
    rule,
    severity: 'error',
    file: span.file,
    line: span.line,
    column: span.column,
    message,
    ...(hint !== undefined && { hint }),
    span,
    ...(related && { related }),
  };
}

/** The other end of a relation. Pure. */
export function relatedAt(span: Span, message: string): RelatedPlace {
  return { file: span.file, line: span.line, message };
}
