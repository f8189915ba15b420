import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, GatewayError } from '#core';
import type { Dialect } from '#dialects';
import { customDialect } from './active-policies.ts';
import { errorHeaders } from './answer-headers.ts';
import { dialectOfPath } from './api-paths.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { tooLarge } from './inbound-body.ts';
import type { RequestHeaders } from './inbound-call.ts';
import { pathOf } from './request-url.ts';
import { spoken } from './spoken-dialect.ts';
import type { TransportLimits } from './transport-limits.ts';
import { gatewayErrorOf, writeError } from './write-error.ts';

/** A refusal before there is a call: of the path, the method, the size, or by an instance that stops. */
export function refuse(parts: GatewayParts, request: FastifyRequest, reply: FastifyReply, error: GatewayError): void {
  if (error.code === 'internal_error') parts.log.error({ err: error.cause }, 'a request failed by a bug');
  const dialect = dialectOn(parts, pathOf(request), request.headers as RequestHeaders);
  reply.hijack();
  const headers = [
    'x-signalbox-request-id',
    parts.newId(),
    'x-signalbox-revision',
    parts.policies.current().snapshot.revision,
  ];
  const raw: ServerResponse = reply.raw;
  const allow = raw.getHeader('allow');
  if (allow !== undefined) headers.push('allow', String(allow));
  if (error.code === 'draining') raw.shouldKeepAlive = false;
  writeError(raw, dialect, error, headers[1] ?? '', headers);
}

/** A refusal as it goes over the wire, where there is no request that could be answered. */
export function rawRefusal(parts: GatewayParts, error: GatewayError, path: string): string {
  const id = parts.newId();
  const body = JSON.stringify(dialectOn(parts, path, {}).writeError(error, id));
  const { revision } = parts.policies.current().snapshot;
  const headers = ['x-signalbox-request-id', id, 'x-signalbox-revision', revision, ...errorHeaders(error)];
  headers.push('content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)));
  let text = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Refused'}\r\nconnection: close\r\n`;
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n${body}`;
}

/** The refusal of a head with more headers than are taken; null within the limit. Pure. */
export function tooManyHeaders({ raw }: FastifyRequest, { maxHeaders }: TransportLimits): GatewayError | null {
  if (raw.rawHeaders.length <= 2 * maxHeaders) return null;
  return new GatewayError('request_too_large', `the request has more than ${maxHeaders} headers`, {
    status: 431,
    hint: 'Send fewer headers; metadata has up to 2 KiB.',
  });
}

/** The dialect of errors at a path. */
function dialectOn(parts: GatewayParts, path: string, headers: RequestHeaders): Dialect {
  return spoken(customDialect(parts.policies.current(), path) ?? dialectOfPath(path, headers));
}

/** Fastify's own refusals in our catalogue's terms. Pure. */
export function transportError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, statusCode, message } = error as {
    readonly code?: string;
    readonly statusCode?: number;
    readonly message?: string;
  };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) return tooLarge();
  const known: ErrorCode | null =
    statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'invalid_request' : null;
  return known === null ? gatewayErrorOf(error) : new GatewayError(known, message ?? 'the request is not valid HTTP');
}

/** Refuses another method than the path takes, and says which it takes. */
export function refuseMethod(request: FastifyRequest, reply: FastifyReply, allow: string): never {
  reply.raw.setHeader('allow', allow);
  throw new GatewayError('method_not_allowed', `${pathOf(request)} takes ${allow}, not ${request.method}`);
}
