import type { ServerResponse } from 'node:http';
import { GatewayError } from '#core';
import type { Dialect } from '#dialects';
import { errorHeaders } from './answer-headers.ts';

/** Any thrown value as the error that the caller gets: a bug becomes a 500 that tells nothing of its inside. Pure. */
export function gatewayErrorOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return new GatewayError('invalid_request', 'the body is nested too deeply');
  }
  return new GatewayError('internal_error', 'the gateway met an error of its own', { cause: error });
}

/** Writes an error in the caller's dialect, head and body at once. */
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
  reply.writeHead(error.status, [
    ...kept,
    ...own,
    ...['content-type', 'application/json', 'content-length', String(body.length)],
  ]);
  reply.end(body);
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!names.has(name)) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}
