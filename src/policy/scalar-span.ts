import type { Span } from '#core';
import { createPositions } from './positions.ts';

/** A scalar in a file, and the value it stands for. */
export interface ScalarPlace {
  readonly text: string;
  readonly span: Span;
  readonly value: string;
}

/**
 * Maps characters of a scalar's value back into its file: exact for plain and quoted scalars of one line, the whole scalar otherwise (block scalars,
 * folded lines). Pure.
 */
export function spanWithinScalar({ text, span, value }: ScalarPlace, start: number, end: number): Span {
  const raw = text.slice(span.start, span.end);
  const offsets = offsetsOf(raw, value);
  const from = offsets?.[start];
  const to = offsets?.[end];
  if (from === undefined || to === undefined) return span;
  return createPositions(span.file, text).span(span.start + from, span.start + to);
}

/** For each character of the value, and for its end, the offset in the raw text; null when the forms do not correspond. */
function offsetsOf(raw: string, value: string): readonly number[] | null {
  if (raw.includes('\n')) return null;
  if (raw === value) return Array.from({ length: value.length + 1 }, (_, at) => at);
  const quote = raw[0];
  if ((quote !== "'" && quote !== '"') || raw.at(-1) !== quote) return null;
  const offsets: number[] = [];
  let decoded = '';
  let at = 1;
  while (at < raw.length - 1) {
    const unit = quote === "'" ? singleQuoted(raw, at) : doubleQuoted(raw, at);
    for (let i = 0; i < unit.text.length; i++) offsets.push(at);
    decoded += unit.text;
    at += unit.length;
  }
  offsets.push(at);
  return decoded === value ? offsets : null;
}

interface Unit {
  readonly text: string;
  /** Characters it takes in the file. */
  readonly length: number;
}

function singleQuoted(raw: string, at: number): Unit {
  return raw.startsWith("''", at) ? { text: "'", length: 2 } : { text: raw[at] ?? '', length: 1 };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', e: '\u001b', ' ': ' ' };
const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function doubleQuoted(raw: string, at: number): Unit {
  if (raw[at] !== '\\') return { text: raw[at] ?? '', length: 1 };
  const letter = raw[at + 1] ?? '';
  const digits = CODE_LENGTHS[letter];
  if (digits === undefined) return { text: ESCAPES[letter] ?? letter, length: 2 };
  const code = Number.parseInt(raw.slice(at + 2, at + 2 + digits), 16);
  const isCode = Number.isInteger(code) && code <= 0x10ffff;
  return { text: isCode ? String.fromCodePoint(code) : '', length: 2 + digits };
}
