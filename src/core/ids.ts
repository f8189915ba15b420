const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Makes a request id from the time and a random UUID: `req_`, ten characters of time in Crockford base 32, twelve of the UUID, so that ids sort by time. Pure.
 */
export function requestId(atMs: number, uuid: string): string {
  let time = '';
  let rest = atMs;
  for (let i = 0; i < 10; i++) {
    time = ALPHABET[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  return `req_${time}${uuid.slice(0, 8)}${uuid.slice(9, 13)}`;
}

/** When the request of that id came, in ms since 1970; null for an id that `requestId` did not make. Pure. */
export function requestIdTime(id: string): number | null {
  if (!id.startsWith('req_') || id.length < 14) return null;
  let atMs = 0;
  for (const character of id.slice(4, 14)) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return null;
    atMs = atMs * 32 + digit;
  }
  return atMs;
}
