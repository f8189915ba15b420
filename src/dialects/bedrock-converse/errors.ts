import {
  asString,
  type GatewayError,
  isObject,
  type JsonObject,
  type OutcomeReason,
  parseJson,
  type StreamError,
} from '#core';
import { compact } from '../compact.ts';
import type { UpstreamFailure } from '../dialect.ts';
import { readRetryAfter } from '../retry-after.ts';

/** Statuses of the exceptions, by their names without `Exception`: the service's own model, read 2026-11. */
const STATUSES: Readonly<Record<string, number>> = {
  validation: 400,
  accessdenied: 403,
  expiredtoken: 403,
  unrecognizedclient: 403,
  invalidsignature: 403,
  incompletesignature: 403,
  missingauthenticationtoken: 403,
  resourcenotfound: 404,
  modeltimeout: 408,
  servicequotaexceeded: 429,
  throttling: 429,
  modelnotready: 429,
  modelerror: 424,
  modelstreamerror: 424,
  internalserver: 500,
  internalfailure: 500,
  serviceunavailable: 503,
};

/** Classifies an answer that is not 2xx: the exception stands in `x-amzn-errortype`, its text in `message`. Pure. */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs?: number,
): UpstreamFailure {
  const parsed = parseJson(body);
  const code = exceptionName(headers['x-amzn-errortype'] ?? (isObject(parsed) ? asString(parsed.__type) : undefined));
  const message = isObject(parsed) ? (asString(parsed.message) ?? asString(parsed.Message) ?? '') : '';
  const isKnown = message !== '' || code !== null;
  const reason = reasonOf(status, code, message, isKnown);
  return {
    reason,
    code,
    message: message || `The provider answered ${status} without a message of its own.`,
    retryAfterMs: readRetryAfter({ status, headers, body, ...(nowMs === undefined ? {} : { nowMs }) }),
    noRetry: reason === 'auth' || reason === 'malformed',
  };
}

/** Reads an exception inside a stream, or in place of an answer. Pure. */
export function readException(type: string | undefined, body: unknown): StreamError {
  const code = exceptionName(type);
  const message = isObject(body) ? (asString(body.message) ?? asString(body.Message) ?? '') : '';
  const status = code === null ? undefined : STATUSES[plainName(code)];
  return compact<StreamError>({
    reason: status === undefined || status === 424 ? 'stream-error' : reasonOf(status, code, message, true),
    code: code ?? undefined,
    message: message || 'The provider reported an error without a message.',
    status,
  });
}

function reasonOf(status: number, code: string | null, message: string, isKnown: boolean): OutcomeReason {
  const told = code === null ? undefined : STATUSES[plainName(code)];
  if (status === 401 || status === 403) return 'auth';
  if (status === 429 || told === 429) return 'rate-limit';
  if (status === 408 || status === 504 || told === 408) return 'timeout';
  if (status >= 500 || status === 424) return 'server-error';
  if (!isKnown) return 'malformed';
  // A model that is not there, or not for this account, is another target's chance.
  if (status === 404 || UNKNOWN_MODEL.test(message)) return 'auth';
  if (status === 413 || OVERFLOW.test(message)) return 'context-overflow';
  if (/content filter|blocked by .*guardrail/i.test(message)) return 'content-filter';
  return 'invalid-request';
}

const UNKNOWN_MODEL =
  /model identifier is invalid|on-demand throughput isn.t supported|end of its life|not authorized/i;
const OVERFLOW =
  /input is too long|prompt is too long|too many (input )?tokens|exceeds? .*(context (window|length)|maximum .*(tokens|length))|maximum context length/i;

/** `ValidationException:http://…` or `com.amazon#ValidationException` as its bare name. */
function exceptionName(text: string | undefined): string | null {
  const [first = ''] = (text ?? '').split(':');
  return first.slice(first.lastIndexOf('#') + 1) || null;
}

function plainName(code: string): string {
  return code.toLowerCase().replace(/exception$/, '');
}

/** The exceptions that a status calls for, as clients name them; the stream has names of its own spelling. */
const EXCEPTIONS: readonly (readonly [least: number, name: string])[] = [
  [503, 'ServiceUnavailableException'],
  [500, 'InternalServerException'],
  [429, 'ThrottlingException'],
  [424, 'ModelErrorException'],
  [413, 'ValidationException'],
  [408, 'ModelTimeoutException'],
  [405, 'ValidationException'],
  [404, 'ResourceNotFoundException'],
  [401, 'AccessDeniedException'],
];

/**
 * Writes an error as AWS clients read it: `__type` names the exception. Our code stands in `reason`, since they would take
 * `code` for the exception's name. Pure.
 */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  return {
    __type: exceptionOf(error.status),
    message: error.message,
    ...compact<JsonObject>({
      reason: error.code,
      hint: error.hint,
      field: error.field,
      attempts: error.attempts.length > 0 ? error.attempts : undefined,
      requestId,
    }),
  };
}

/** The exception inside a stream, by the names that streams know. Pure. */
export function streamExceptionOf(status: number): string {
  switch (exceptionOf(status)) {
    case 'ThrottlingException':
      return 'throttlingException';
    case 'ServiceUnavailableException':
      return 'serviceUnavailableException';
    case 'ValidationException':
      return 'validationException';
    case 'ModelErrorException':
    case 'ModelTimeoutException':
      return 'modelStreamErrorException';
    default:
      return 'internalServerException';
  }
}

function exceptionOf(status: number): string {
  return EXCEPTIONS.find(([least]) => status >= least)?.[1] ?? 'ValidationException';
}
