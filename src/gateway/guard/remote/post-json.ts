import { request } from 'undici';
import { isObject, type JsonObject, parseJson } from '#core';
import type { RemoteQuestion } from './remote-question.ts';

const MAX_ANSWER_BYTES = 256 * 1024;

/** Whose connections are used, and until when. */
type Asking = Pick<RemoteQuestion, 'parts' | 'signal'>;

/** Posts JSON and reads a JSON object back, as `fetchJson` does. */
export function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  asking: Asking,
): Promise<JsonObject> {
  return fetchJson(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }, asking);
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
  { parts, signal }: Asking,
): Promise<JsonObject> {
  const answer = await request(url, {
    ...call,
    dispatcher: await parts.services.current(),
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
