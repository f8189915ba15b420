import type { Span } from '#core';
import { characterWidth } from '#core';
import { findSecrets } from './secret-like.ts';

/** How a code frame looks. */
export interface CodeFrameOptions {
  /** Lines shown before and after; 2 by default. */
  readonly contextLines?: number;
  /** Columns of source shown of each line; longer lines are cut around the mistake. 100 by default. */
  readonly maxWidth?: number;
  /** Colours the parts; the default leaves them as they are. */
  readonly style?: (part: 'gutter' | 'source' | 'marker', text: string) => string;
}

const TAB_WIDTH = 2;
const MASK = '••••';

/**
 * Shows a span in its text: the line with two lines around it, line numbers, and a caret line under the exact columns, wide characters
 * and tabs counted as terminals show them. Whatever looks like a secret is replaced by `••••`; control characters are
 * made harmless. The result ends without a line break; it is empty for an empty text. Pure.
 */
export function codeFrame(text: string, span: Span, options: CodeFrameOptions = {}): string {
  if (text === '') return '';
  const { contextLines = 2, maxWidth = 100, style = (_, part) => part } = options;
  const lines = linesAround(text, span, contextLines);
  const gutterWidth = String(lines.at(-1)?.number ?? span.line).length;
  const endColumn = span.endLine === span.line ? span.endColumn : Number.POSITIVE_INFINITY;
  const shown: string[] = [];
  for (const { number, source } of lines) {
    const isMarked = number === span.line;
    const focus = isMarked
      ? { from: span.column - 1, to: endColumn - 1 }
      : { from: span.column - 1, to: span.column - 1 };
    const line = layOut(source, focus, maxWidth);
    const gutter = `${isMarked ? '>' : ' '} ${String(number).padStart(gutterWidth)} | `;
    shown.push(`${style('gutter', gutter)}${style('source', line.text)}`.trimEnd());
    if (!isMarked) continue;
    const empty = `  ${' '.repeat(gutterWidth)} | `;
    shown.push(`${style('gutter', empty)}${' '.repeat(line.markerAt)}${style('marker', '^'.repeat(line.markerWidth))}`);
  }
  return shown.join('\n');
}

function linesAround(
  text: string,
  span: Span,
  context: number,
): readonly { readonly number: number; readonly source: string }[] {
  let start = text.lastIndexOf('\n', Math.max(span.start - 1, 0)) + 1;
  if (span.start === 0) start = 0;
  let first = span.line;
  for (; first > 1 && span.line - first < context; first--) start = text.lastIndexOf('\n', start - 2) + 1;
  const lines: { readonly number: number; readonly source: string }[] = [];
  for (let number = first; number <= span.line + context && start <= text.length; number++) {
    const end = text.indexOf('\n', start);
    const source = text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
    // The empty rest behind the last line break is no line, except when the mistake is there.
    if (end >= 0 || source !== '' || number === span.line) lines.push({ number, source });
    if (end < 0) break;
    start = end + 1;
  }
  return lines;
}

interface LaidOut {
  readonly text: string;
  /** Columns before the marker, and its width. */
  readonly markerAt: number;
  readonly markerWidth: number;
}

/** One line as shown, cut to the width around the focus (offsets in the line). */
function layOut(source: string, focus: { readonly from: number; readonly to: number }, maxWidth: number): LaidOut {
  // No need to look at megabytes of one line; a secret cut by the window would not be recognised, so the window is generous.
  const windowStart = source.length > 8 * maxWidth ? Math.max(0, focus.from - 4 * maxWidth) : 0;
  const window = source.slice(windowStart, windowStart + 8 * maxWidth);
  const cells = toCells(window).map((cell) => ({ ...cell, offset: cell.offset + windowStart }));
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  const focusAt = widthBefore(cells, focus.from);
  const isCut = windowStart > 0 || windowStart + window.length < source.length || total > maxWidth;
  const isFarRight = windowStart > 0 || focusAt > maxWidth - 20;
  const from = isCut && isFarRight ? Math.max(0, Math.min(focusAt - Math.floor(maxWidth / 2), total - maxWidth)) : 0;

  let at = 0;
  let text = from > 0 || windowStart > 0 ? '…' : '';
  let width = text.length;
  let markerAt: number | null = null;
  let markerEnd = 0;
  for (const cell of cells) {
    const isShown = at >= from && width + cell.width <= maxWidth + 1;
    at += cell.width;
    if (!isShown) continue;
    const isMarked = cell.offset + cell.length > focus.from && cell.offset < focus.to;
    if (markerAt === null && (isMarked || cell.offset >= focus.from)) markerAt = width;
    text += cell.text;
    width += cell.width;
    if (isMarked) markerEnd = width;
  }
  if (at > from + maxWidth || windowStart + window.length < source.length) text += '…';
  const start = markerAt ?? width;
  return { text, markerAt: start, markerWidth: Math.max(1, markerEnd - start) };
}

interface Cell {
  readonly text: string;
  readonly offset: number;
  /** UTF-16 code units of the source it stands for. */
  readonly length: number;
  readonly width: number;
}

function toCells(line: string): readonly Cell[] {
  const secrets = [...findSecrets(line), ...blackedOut(line)].toSorted((a, b) => a[0] - b[0]);
  const cells: Cell[] = [];
  let column = 0;
  let offset = 0;
  const push = (text: string, length: number, width: number): void => {
    cells.push({ text, offset, length, width });
    offset += length;
    column += width;
  };
  for (const [start, end] of [...secrets, [line.length, line.length] as const]) {
    if (end < offset) continue;
    for (const character of line.slice(offset, Math.max(start, offset))) {
      const tabWidth = TAB_WIDTH - (column % TAB_WIDTH);
      if (character === '\t') push(' '.repeat(tabWidth), 1, tabWidth);
      else push(harmless(character), character.length, characterWidth(character));
    }
    if (end > offset) push(MASK, end - offset, MASK.length);
  }
  return cells;
}

/** Secrets that were recognised by their place, and blacked out when the file was parsed. */
function blackedOut(line: string): readonly (readonly [number, number])[] {
  return Array.from(line.matchAll(/•+/g), (found) => [found.index, found.index + found[0].length] as const);
}

/** Escape sequences and bidirectional overrides would act on the terminal instead of being seen. */
function harmless(character: string): string {
  return /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(character)
    ? '\ufffd'
    : character;
}

function widthBefore(cells: readonly Cell[], offset: number): number {
  let width = 0;
  for (const cell of cells) {
    if (cell.offset >= offset) return width;
    width += cell.width;
  }
  return width;
}
