import type { Span } from '#core';

/** Translates offsets of one text into lines and columns. The line table is built at the first question. */
export interface Positions {
  readonly span: (start: number, end: number) => Span;
}

/**
 * Positions of a text. Lines end at LF (CRLF included), columns count UTF-16 code units from 1, as editors and the
 * language server protocol count them.
 */
export function createPositions(file: string, text: string): Positions {
  let lineStarts: readonly number[] | null = null;
  const lineOf = (offset: number): number => {
    lineStarts ??= findLineStarts(text);
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    span(start, end) {
      const from = Math.min(Math.max(start, 0), text.length);
      const to = Math.min(Math.max(end, from), text.length);
      const line = lineOf(from);
      const endLine = lineOf(to);
      const column = from - (lineStarts?.[line] ?? 0) + 1;
      const endColumn = to - (lineStarts?.[endLine] ?? 0) + 1;
      return { file, line: line + 1, column, endLine: endLine + 1, endColumn, start: from, end: to };
    },
  };
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
