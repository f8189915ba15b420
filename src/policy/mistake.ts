import type { Diagnostic, RelatedPlace } from '#core';
import type { Positions } from './positions.ts';

/** A mistake in a text before its offsets became lines and columns. */
export interface Mistake {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
  readonly related?: { readonly offset: number; readonly message: string };
}

/** The diagnostic of a mistake: always an error. Pure. */
export function toDiagnostic(mistake: Mistake, positions: Positions): Diagnostic {
  const span = positions.span(mistake.start, mistake.end);
  return {
    rule: mistake.rule,
    severity: 'error',
    file: span.file,
    line: span.line,
    column: span.column,
    message: mistake.message,
    ...(mistake.hint !== undefined && { hint: mistake.hint }),
    span,
    ...(mistake.related && { related: [relatedPlace(mistake.related, positions)] }),
  };
}

function relatedPlace(
  related: { readonly offset: number; readonly message: string },
  positions: Positions,
): RelatedPlace {
  const span = positions.span(related.offset, related.offset);
  return { file: span.file, line: span.line, message: related.message };
}
