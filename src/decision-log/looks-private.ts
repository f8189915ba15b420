import { holdsPrivate } from './holds-private.ts';

// Bounded quantifiers only: these run over whatever callers send.
const PATTERNS: readonly RegExp[] = [/(?<![\w.])(?:\d[ -]?){12,18}\d(?![\w.])/, /\+\d{1,3}[ -]?(?:\d[ -]?){7,13}/];

/** Tells whether a short text looks like an e-mail address, a key or token, a card or a phone number. Errs on the side of yes. Pure. */
export function looksPrivate(text: string): boolean {
  return holdsPrivate(text) || PATTERNS.some((pattern) => pattern.test(text));
}
