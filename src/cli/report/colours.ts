import type { Severity } from '#core';

/** What a piece of text is; how that looks is decided here alone. */
export type Part = Severity | 'place' | 'rule' | 'dim' | 'strong' | 'good';

const CODES: Readonly<Record<Part, readonly [on: number, off: number]>> = {
  error: [31, 39],
  warn: [33, 39],
  info: [36, 39],
  good: [32, 39],
  place: [4, 24],
  rule: [2, 22],
  dim: [2, 22],
  strong: [1, 22],
};

/** Colours a text, or leaves it as it is. */
export type Paint = (part: Part, text: string) => string;

/** A painter for a terminal with or without colours. Pure. */
export function createPaint(hasColours: boolean): Paint {
  if (!hasColours) return (_, text) => text;
  return (part, text) => `\u001b[${CODES[part][0]}m${text}\u001b[${CODES[part][1]}m`;
}
