import type { ServerResponse } from 'node:http';
import type { Http2Stream } from 'node:http2';

// What is this small is on the wire already: reading it costs less than a new connection.
const SMALL_BYTES = 64 * 1024;
// How long a caller has to notice that it was answered.
const LINGER_MS = 2000;

/** Whether much of the request may still come. Pure. */
export function hasMoreToCome({ req }: ServerResponse): boolean {
  if (req.complete || req.method === 'GET') return false;
  const length = req.headers['content-length'];
  if (length === undefined) return req.headers['transfer-encoding'] !== undefined || req.httpVersionMajor === 2;
  return Number(length) > SMALL_BYTES || req.headers.expect !== undefined;
}

/**
 * Ends an answer whose request is still on its way. The caller has the whole answer at once; what it sends on is read and dropped for a moment, since a connection
 * that is closed over unread bytes is reset, and the answer is lost with it. The answer must have said `connection: close`. Effects: the connection ends.
 */
export function endEarly(reply: ServerResponse, body: Uint8Array): void {
  const { req } = reply;
  const { stream } = reply as { readonly stream?: Http2Stream };
  if (stream !== undefined) {
    // NO_ERROR: the answer stands, and nothing more need be sent (RFC 9113, section 8.1).
    reply.end(body, () => stream.close());
    return;
  }
  reply.write(body);
  const timer = setTimeout(over, LINGER_MS);
  req.on('error', over).once('end', over).once('close', over).resume();

  function over(): void {
    clearTimeout(timer);
    reply.end();
  }
}
