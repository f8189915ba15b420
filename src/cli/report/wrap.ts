import { wrapText } from '#core';

/** Breaks a text at blanks so that no line, its indent included, is wider than the columns; a longer word stays whole. Pure. */
export function wrap(text: string, columns: number, indent: string): string {
  return wrapText(text, Math.max(20, columns - indent.length))
    .map((line) => indent + line)
    .join('\n');
}
