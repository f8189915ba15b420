import { isObject, piecesOf, type StreamError } from '#core';
import type { AttemptResult } from './attempt-result.ts';
import { type Failure, failure } from './failure.ts';
import { flatHeaders } from './headers.ts';
import type { AnswerDialect } from './prepare.ts';
import { countService, type ServiceAnswer } from './service-answer.ts';
import { type CallSize, countResponse } from './stream-account.ts';
import type { ResponseHeaders } from './transport.ts';

/** A body that has arrived whole. */
export interface WholeBody {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly bytes: Uint8Array;
}

/** How the body is read; `service` where the answer is no chat's. */
export interface AnswerReader {
  readonly dialect: AnswerDialect;
  readonly service: ServiceAnswer | null;
  readonly size: CallSize;
}

/** What the body says, and what it cost. */
export type WholeAnswer = Pick<
  Extract<AttemptResult, { readonly kind: 'json' }>,
  'response' | 'serviceResponse' | 'counted' | 'pieces'
>;

/** Why it is no answer. */
interface NoAnswer {
  readonly failure: Failure;
}

/** Reads a whole body of a successful call: a chat's, or that of another endpoint. Pure. */
export function readWholeAnswer(reader: AnswerReader, whole: WholeBody): WholeAnswer | NoAnswer {
  const { dialect, service, size } = reader;
  let body: unknown;
  try {
    body = JSON.parse(textOf(whole.bytes));
  } catch {
    return { failure: failure('malformed', 'invalid-json', 'The answer is not valid JSON.') };
  }
  if (service !== null) return readService(dialect, service, whole, body);
  const response = dialect.readResponse(body);
  if ('reason' in response) return refused(response, whole.status);
  return { response, serviceResponse: null, counted: countResponse(response, size), pieces: {} };
}

/** Reads the body of a call that failed by its status. Pure. */
export function readErrorBody(dialect: AnswerDialect, { status, headers, bytes }: WholeBody): Failure {
  return { ...dialect.readError(status, flatHeaders(headers), textOf(bytes)), status };
}

/** An endpoint that is no chat: any JSON object that is not an error. */
function readService(
  dialect: AnswerDialect,
  service: ServiceAnswer,
  { status, headers }: WholeBody,
  body: unknown,
): WholeAnswer | NoAnswer {
  if (isObject(body) && isObject(body.error)) {
    return { failure: { ...dialect.readError(500, {}, JSON.stringify(body)), status } };
  }
  const response = service.readResponse(body, flatHeaders(headers));
  if ('reason' in response) return refused(response, status);
  const images = response.kind === 'as-is' && response.images > 0 ? response.images : undefined;
  const searchUnits = response.kind === 'rerank' ? response.searchUnits : undefined;
  return {
    response: null,
    serviceResponse: response,
    counted: countService(service, response.usage, images ?? searchUnits),
    pieces: piecesOf({ images, searchUnits }),
  };
}

/** A provider that says in a successful answer that it failed. */
function refused({ reason, code, message, retryAfterMs, ...more }: StreamError, status: number): NoAnswer {
  const known = { code: code ?? null, retryAfterMs: retryAfterMs ?? null, status: more.status ?? status };
  return { failure: { reason, message, noRetry: false, ...known } };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
