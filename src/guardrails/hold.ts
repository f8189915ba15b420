import { BRACKET, classOf, DIGIT, DIGITS_6, DIGITS_12, WIDE } from './char-classes.ts';

/*
 * From where a text may still become a finding when more of it comes (`SpanCheck.hold`). Each stays within `reach`, which the stream sees to.
 */

/** For findings without white space: from the last piece of the text that has none. Pure. */
export function holdWord(text: string): number {
  let at = text.length;
  while (at > 0 && !isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** For numbers written with spaces, dashes, dots, slashes and brackets between: from the last run of such characters. Pure. */
export function holdNumber(text: string): number {
  let at = text.length;
  while (at > 0 && isNumberPart(text.charCodeAt(at - 1))) at--;
  // A letter or digit before it decides about its boundary.
  return Math.max(0, at === text.length ? at : at - 1);
}

/** Signs that begin a finding, but for a word or two before them, of checks that need them. */
const BEGINNING = DIGIT | BRACKET | WIDE;

/**
 * For checks that say nothing of their own, `from` being as far back as a finding can begin: while nothing that they need has come since, only the last two words, which
 * may stand before it (`AB 12 34 56 C`); else from there. Pure.
 */
export function holdUntilSeen(text: string, from: number, needs: number): number {
  const wanted = ((needs & (DIGITS_6 | DIGITS_12)) === 0 ? needs : needs | DIGIT) & BEGINNING;
  if (wanted === 0) return from;
  for (let at = text.length - 1; at >= from; at--) if ((classOf(text.charCodeAt(at)) & wanted) !== 0) return from;
  return holdWord(text.slice(0, Math.max(from, skipBack(text, holdWord(text)))));
}

/** Before the white space that ends at an offset. */
function skipBack(text: string, before: number): number {
  let at = before;
  while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x3000;
}

function isNumberPart(code: number): boolean {
  if (code >= 0x30 && code <= 0x39) return true;
  // Full-width forms, and the dashes of General Punctuation.
  if (code >= 0xff08 && code <= 0xff19) return true;
  if (code >= 0x2010 && code <= 0x2015) return true;
  return ' \u00a0\u3000-+().,/\u30fc\u2212'.includes(String.fromCharCode(code));
}
