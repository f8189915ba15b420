import {
  asArray,
  asNumber,
  asObject,
  asString,
  type GatewayError,
  isObject,
  type JsonObject,
  type OutcomeReason,
  parseJson,
  type StreamError,
} from '#core';
import { compact } from './compact.ts';
import type { UpstreamFailure } from './dialect.ts';
import { readRetryAfter } from './retry-after.ts';

/** The two fields of an error that tell what it is, and its text. */
interface ErrorFacts {
  readonly code: string | null;
  readonly type: string | null;
  readonly message: string;
  /** Azure's and OpenRouter's details, as text to search. */
  readonly details: string;
}

/**
 * Classifies an answer that is not 2xx. The status decides for 401, 403, 408, 429 and 5xx, whatever the body is (a
 * proxy's HTML page behind a 502 is still worth a retry); for other 4xx the body does, and one that is no error object
 * of this dialect is `malformed`. A model the provider does not know (404 `model_not_found`) counts as `auth`: never
 * retried on this target, but fallen back from, since another target of the chain may well serve it.
 */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs?: number,
): UpstreamFailure {
  const facts = readFacts(parse(body));
  const advice = { status, headers, body, ...(nowMs === undefined ? {} : { nowMs }) };
  const retryAfterMs = readRetryAfter(advice);
  const reason = reasonOf(status, facts);
  return {
    reason,
    code: facts?.code ?? facts?.type ?? null,
    message: facts?.message || `The provider answered with status ${status}${describe(body)}.`,
    retryAfterMs,
    noRetry:
      reason === 'auth' || reason === 'malformed' || isSpent(status, facts) || headers['x-should-retry'] === 'false',
  };
}

function describe(body: string): string {
  const start = body.trimStart().slice(0, 100).toLowerCase();
  if (start === '') return ' and an empty body';
  return start.startsWith('<') ? ' and an HTML page' : ' and a body that is no error of its API';
}

/** Reads the `error` of a 2xx answer or of a stream's chunk. */
export function readErrorValue(value: unknown): StreamError {
  const facts = readFacts({ error: value }) ?? { code: null, type: null, message: '', details: '' };
  const status = statusOf(facts);
  const reason = status === undefined ? wordReason(facts) : reasonOf(status, facts);
  return compact<StreamError>({
    reason,
    code: facts.code ?? facts.type ?? undefined,
    message: facts.message || 'The provider reported an error without a message.',
    status,
  });
}

/** OpenRouter and vLLM put the HTTP status into `code`. */
function statusOf(facts: ErrorFacts): number | undefined {
  const code = Number(facts.code);
  return facts.code !== null && Number.isInteger(code) && code >= 400 && code < 600 ? code : undefined;
}

function wordReason(facts: ErrorFacts): OutcomeReason {
  const words = `${facts.code ?? ''} ${facts.type ?? ''}`.toLowerCase();
  const byText = textReason(facts);
  if (byText !== null) return byText;
  if (/rate_?limit|too_many_requests|insufficient_quota/.test(words)) return 'rate-limit';
  if (/authentication|invalid_api_key|permission/.test(words)) return 'auth';
  if (/timeout/.test(words)) return 'timeout';
  if (/server_error|overloaded|unavailable|internal/.test(words)) return 'server-error';
  if (/invalid_request|bad_request/.test(words)) return 'invalid-request';
  return 'stream-error';
}

function reasonOf(status: number, facts: ErrorFacts | null): OutcomeReason {
  // OpenRouter answers 403 where moderation flagged the input.
  if (status === 403 && facts !== null && /"?flagged|moderation/.test(`${facts.details} ${facts.message}`)) {
    return 'content-filter';
  }
  if (status === 401 || status === 403) return 'auth';
  if (status === 429 || status === 402) return 'rate-limit';
  if (status === 408 || status === 504 || status === 524) return 'timeout';
  if (status >= 500 || status === 409 || status === 425) return 'server-error';
  if (facts === null) return 'malformed';
  if (status === 404 && /model_?not_?found|deployment_?not_?found/i.test(`${facts.code} ${facts.type}`)) return 'auth';
  // Groq's 413 is a token rate that one request alone exceeds.
  if (status === 413) return facts.code === 'rate_limit_exceeded' ? 'rate-limit' : 'context-overflow';
  return textReason(facts) ?? 'invalid-request';
}

const OVERFLOW_CODES = /context_length_exceeded|string_above_max_length|too_many_prompt_tokens|context_window/i;
const OVERFLOW_TEXT =
  /(maximum|max) context length|context (length|window) .{0,40}exceed|exceed.{0,40}context (length|window)|prompt (is )?too long|input (is )?too long|total length of all messages|too many (input |prompt )?tokens/i;
const FILTER_CODES = /content_filter|content_policy_violation|ResponsibleAIPolicyViolation|data_?inspection_?failed/i;

function textReason(facts: ErrorFacts): OutcomeReason | null {
  const words = `${facts.code ?? ''} ${facts.type ?? ''}`;
  if (OVERFLOW_CODES.test(words) || OVERFLOW_TEXT.test(facts.message)) return 'context-overflow';
  if (FILTER_CODES.test(`${words} ${facts.details}`)) return 'content-filter';
  return null;
}

/** An account without credit stays so for longer than any retry waits. */
function isSpent(status: number, facts: ErrorFacts | null): boolean {
  if (status === 402) return true;
  if (status === 413) return true;
  return /insufficient_quota|billing|credit/i.test(`${facts?.code ?? ''} ${facts?.type ?? ''}`);
}

function parse(body: string): unknown {
  const value = parseJson(body);
  return Array.isArray(value) ? value[0] : value;
}

/** `{error: {…}}`, `{error: "…"}`, `{message}` (vLLM, Mistral, Azure's gateway) and `{detail}` (FastAPI hosts). */
function readFacts(body: unknown): ErrorFacts | null {
  if (!isObject(body)) return null;
  const error = isObject(body.error) ? body.error : body;
  const message =
    asString(error.message) ??
    asString(body.error) ??
    asString(body.message) ??
    asString(error.detail) ??
    readDetails(error);
  if (message === undefined) return null;
  const details = error.innererror ?? error.metadata;
  return {
    code: word(error.code),
    type: word(error.type),
    message,
    details: isObject(details) ? JSON.stringify(details).slice(0, 4096) : '',
  };
}

function readDetails(error: JsonObject): string | undefined {
  const texts = asArray(error.detail).flatMap((item) => asString(asObject(item).msg) ?? []);
  return texts.length > 0 ? texts.join('; ') : undefined;
}

function word(value: unknown): string | null {
  return asString(value) ?? asNumber(value)?.toString() ?? null;
}

/** Writes an error as OpenAI's clients read it; code, hint and request id stand in it. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  return {
    error: {
      message: error.message,
      type: typeOf(error.status),
      param: error.field ?? null,
      code: error.code,
      hint: error.hint,
      ...(error.attempts.length > 0 ? { attempts: error.attempts } : {}),
      request_id: requestId,
    },
  };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
