import { holdsSecret } from '#core';

const ADDRESS = /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,24}\b/i;

/**
 * The last line of defence, over a whole line before it is kept: tells whether it holds what looks like a key, a token or an e-mail address, also
 * percent-encoded as in counter keys. Digits are left to `looksPrivate`: a record is full of them. Pure.
 */
export function holdsPrivate(line: string): boolean {
  return holdsSecret(line) || ((line.includes('@') || line.includes('%40')) && ADDRESS.test(line));
}
