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
