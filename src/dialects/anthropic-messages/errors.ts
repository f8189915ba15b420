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

/** The API's error types with the status each comes with (docs.claude.com/en/api/errors). */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/**
 * Classifies an answer that is not 2xx. The status decides for 401, 402, 403, 408, 429 and 5xx, whatever the body is
 * (a proxy's HTML page behind a 502 is still worth a retry); any other answer whose body is not the API's error is
 * `malformed`. A model the API does not know counts as `auth`: no retry helps, another target of the chain may.
 */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs?: number,
): UpstreamFailure {
  const facts = factsOf(parseJson(body));
  const reason = reasonOf(status, facts);
  const requestId = facts?.requestId ?? headers['request-id'];
  const message = facts?.message || `The provider answered with status ${status}${describe(body)}.`;
  return {
    reason,
    code: facts?.type ?? null,
    message: requestId === undefined ? message : `${message} (request id ${requestId})`,
    retryAfterMs: readRetryAfter(compact({ status, headers, body, nowMs })),
    noRetry: reason === 'auth' || reason === 'malformed' || headers['x-should-retry'] === 'false',
  };
}

/** Reads an `error` event, or an error where an answer was expected; the type tells the status. */
export function readErrorObject(body: unknown): StreamError {
  const facts = factsOf(body);
  const status = facts === null ? undefined : STATUSES[facts.type ?? ''];
  const code = facts?.type ?? undefined;
  return compact<StreamError>({
    reason: status === undefined ? 'stream-error' : reasonOf(status, facts),
    code,
    message: facts?.message || 'The provider reported an error without a message.',
    status,
  });
}

interface ErrorFacts {
  readonly type: string | null;
  readonly message: string;
  readonly requestId: string | undefined;
}

function factsOf(body: unknown): ErrorFacts | null {
  if (!isObject(body) || !isObject(body.error)) return null;
  const { type, message } = body.error;
  if (typeof type !== 'string' && typeof message !== 'string') return null;
  return { type: asString(type) ?? null, message: asString(message) ?? '', requestId: asString(body.request_id) };
}

function reasonOf(status: number, facts: ErrorFacts | null): OutcomeReason {
  if (status === 401 || status === 402 || status === 403) return 'auth';
  if (status === 429 || facts?.type === 'rate_limit_error') return 'rate-limit';
  if (status === 408 || status === 504) return 'timeout';
  if (status >= 500 || status === 409) return 'server-error';
  if (facts === null) return 'malformed';
  if (status === 404 && /\bmodel\b/i.test(facts.message)) return 'auth';
  if (status === 413 || OVERFLOW.test(facts.message)) return 'context-overflow';
  if (/content filter/i.test(facts.message)) return 'content-filter';
  // An empty account is answered with 400.
  if (facts.type === 'billing_error' || /credit balance is too low/i.test(facts.message)) return 'auth';
  return 'invalid-request';
}

const OVERFLOW =
  /prompt is too long|exceeds? (the )?(model's )?(maximum )?context (limit|window|length)|input is too long|input length and `?max_tokens`? exceed/i;

function describe(body: string): string {
  const start = body.trimStart().slice(0, 100).toLowerCase();
  if (start === '') return ' and an empty body';
  return start.startsWith('<') ? ' and an HTML page' : ' and a body that is no error of its API';
}

/** Writes an error as this API's clients read it; our code and hint stand beside the type that the status calls for. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  return {
    type: 'error',
    error: compact<JsonObject>({
      type: typeOf(error.status),
      message: error.message,
      code: error.code,
      hint: error.hint,
      field: error.field,
      attempts: error.attempts.length > 0 ? error.attempts : undefined,
    }),
    request_id: requestId,
  };
}

function typeOf(status: number): string {
  if (status === 503) return 'overloaded_error';
  const found = Object.entries(STATUSES).find(([, each]) => each === status);
  return found?.[0] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}
