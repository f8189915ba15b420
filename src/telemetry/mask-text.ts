import { maskSecrets } from '#core';

const ADDRESS = /[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.[a-z]{2,24}\b/gi;
/** Cards, accounts, telephones, numbers of persons: any seven digits or more, however they are set apart. */
const NUMBER = /(?:\d[ ()./-]{0,2}){6,40}\d/g;

/**
 * The text without keys, e-mail addresses and long numbers, for places where text of callers may stand at all. Errs on the side of masking; names and street addresses stay, which
 * no pattern finds. Pure.
 */
export function maskText(text: string): string {
  return maskSecrets(text).replace(ADDRESS, '[address]').replace(NUMBER, '[number]');
}
