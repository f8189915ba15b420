import type { Span } from './check.ts';

/** What decides about a match; the span it gives takes the place of the whole match. `text` is what was searched. */
export type AcceptMatch = (match: RegExpExecArray, text: string) => boolean | Span;

/** The matches of an expression (with flag `g`) that are accepted, as spans. Pure. */
export function spansOf(text: string, expression: RegExp, accept?: AcceptMatch): Span[] {
  const spans: Span[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const accepted = accept === undefined || accept(match, text);
    if (accepted === true) spans.push({ start: match.index, end: match.index + match[0].length });
    else if (accepted !== false) spans.push(accepted);
  }
  return spans;
}

/** Sorted by start, without overlap: of two that overlap the one that begins first stays, then the longer one. Pure. */
export function inOrder(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  let end = -1;
  return sorted.filter((span) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}
