import { Agent, request } from 'undici';
import { isObject, type JsonObject, parseJson } from '#core';
import { createGuardedLookup } from '#network';

const MAX_ANSWER_BYTES = 256 * 1024;
const dispatcher = new Agent({ connect: { lookup: createGuardedLookup() } });

/** Posts JSON and reads a JSON object back, as `fetchJson` does. */
export function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<JsonObject> {
  return fetchJson(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }, signal);
}

/**
 * Calls a service and reads a JSON object back; rejects for any other status than 2xx, redirects included, for longer answers and when the signal fires. No message of
 * an error holds anything of the answer.
 */
export async function fetchJson(
  url: string,
  {
    headers,
    ...call
  }: { readonly method: 'GET' | 'POST'; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
  signal: AbortSignal,
): Promise<JsonObject> {
  const answer = await request(url, {
    ...call,
    dispatcher,
    headers: { accept: 'application/json', ...headers },
    signal,
  });
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer.body) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    pieces.push(piece);
  }
  if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`the service answered ${answer.statusCode}`);
  const value = parseJson(Buffer.concat(pieces).toString('utf8'));
  if (!isObject(value)) throw new Error('the answer is no JSON object');
  return value;
}
