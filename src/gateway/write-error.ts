import type { ServerResponse } from 'node:http';
import { GatewayError } from '#core';
import type { Dialect } from '#dialects';
import { errorHeaders } from './answer-headers.ts';
import { endEarly, hasMoreToCome } from './end-early.ts';

/** Any thrown value as the error that the caller gets: a bug becomes a 500 that tells nothing of its inside. Pure. */
export function gatewayErrorOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return new GatewayError('invalid_request', 'the body is nested too deeply');
  }
  return new GatewayError('internal_error', 'the gateway met an error of its own', { cause: error });
}

/** Writes an error in the caller's dialect, head and body at once. Where the request is still on its way, its connection ends. */
export function writeError(
  reply: ServerResponse,
  dialect: Dialect,
  error: GatewayError,
  requestId: string,
  headers: readonly string[] = [],
): void {
  if (reply.headersSent || reply.destroyed) return;
  const body = Buffer.from(JSON.stringify(dialect.writeError(error, requestId)));
  const own = errorHeaders(error);
  const kept = without(headers, new Set(own.filter((_, at) => at % 2 === 0)));
  const idHeader = dialect.requestIdHeader;
  // A provider's own, where it has one, says more: it is what its support asks for.
  if (idHeader !== undefined && !kept.includes(idHeader)) kept.push(idHeader, requestId);
  const isEarly = error.code === 'request_timeout' || hasMoreToCome(reply);
  reply.writeHead(error.status, [
    ...kept,
    ...own,
    ...['content-type', 'application/json', 'content-length', String(body.length)],
    ...(isEarly && reply.req.httpVersionMajor === 1 ? ['connection', 'close'] : []),
  ]);
  if (isEarly) endEarly(reply, body);
  else {
    reply.end(body);
    // What little is left makes room for the next request.
    reply.req.resume();
  }
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!names.has(name)) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}
