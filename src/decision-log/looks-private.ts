import { fitsMyNumber } from '#core';
import { holdsPrivate } from './holds-private.ts';

// Bounded quantifiers only: these run over whatever callers send.
const PATTERNS: readonly RegExp[] = [
  /(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w.])/,
  /\+\d{1,3}[ -]?(?:\d[ -]?){7,13}/,
  // As people at home write them: 090-1234-5678, 03-1234-5678, 020 7946 0958, 09012345678.
  /(?<![\w.-])0\d{1,4}[ -]\d{1,4}[ -]\d{3,4}(?![\w.-])/,
  /(?<![\w.-])0[5789]0\d{8}(?![\w.-])/,
  // A US social security number.
  /(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w.-])/,
];
const TWELVE_DIGITS = /(?<![\w.])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\w.])/g;

/** Tells whether a short text looks like an e-mail address, a key or token, a card, a phone number or a number of a person, percent-encoded or not. Errs on the side of yes. Pure. */
export function looksPrivate(text: string): boolean {
  return isPrivate(text) || (text.includes('%') && isPrivate(decoded(text)));
}

function isPrivate(text: string): boolean {
  return holdsPrivate(text) || PATTERNS.some((pattern) => pattern.test(text)) || holdsMyNumber(text);
}

/** Twelve digits alone are accounts of clouds and times as well: a Japanese individual number is told by its check digit. */
function holdsMyNumber(text: string): boolean {
  return (text.match(TWELVE_DIGITS) ?? []).some((found) => fitsMyNumber(found.replaceAll(/\D/g, '')));
}

/** What cannot be decoded stays as it is. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
