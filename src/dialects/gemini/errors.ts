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
import { compact } from '../compact.ts';
import type { UpstreamFailure } from '../dialect.ts';
import { readRetryAfter } from '../retry-after.ts';
import { googleStatus } from './google-status.ts';

/** Classifies a non-2xx answer: google.rpc.Status, alone or as an array of one, else HTML or nothing. Pure. */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs?: number,
): UpstreamFailure {
  const error = errorOf(parseJson(body));
  const retryAfterMs = readRetryAfter({ status, headers, body, ...(nowMs === undefined ? {} : { nowMs }) });
  if (error === null) {
    return {
      reason: reasonOfStatus(status) ?? 'malformed',
      code: null,
      message: `The provider answered ${status} without an error of the Gemini API.`,
      retryAfterMs,
      noRetry: false,
    };
  }
  return {
    reason: reasonOf(status, error),
    code: codeOf(error) ?? null,
    message: asString(error.message) ?? '',
    retryAfterMs,
    noRetry: isSpent(error),
  };
}

/** The error inside a 200: an object with `error`, alone or in an array; null where there is none. Pure. */
export function readInnerError(value: unknown): StreamError | null {
  const error = errorOf(value);
  if (error === null) return null;
  const status = asNumber(error.code);
  const retryAfterMs = readRetryAfter({ status: status ?? 0, headers: {}, body: JSON.stringify({ error }) });
  return compact<StreamError>({
    reason: status === undefined ? 'stream-error' : reasonOf(status, error),
    code: codeOf(error),
    message: asString(error.message) ?? '',
    status,
    retryAfterMs: retryAfterMs ?? undefined,
  });
}

function errorOf(value: unknown): JsonObject | null {
  const holder = Array.isArray(value) ? value.find((item) => isObject(item) && isObject(item.error)) : value;
  return isObject(holder) && isObject(holder.error) ? holder.error : null;
}

/** The reason in ErrorInfo where there is one, since it is finer than the status name. */
function codeOf(error: JsonObject): string | undefined {
  return reasonsIn(error)[0] ?? asString(error.status);
}

function reasonsIn(error: JsonObject): readonly string[] {
  return asArray(error.details).flatMap((detail) => asString(asObject(detail).reason) ?? []);
}

function reasonOf(status: number, error: JsonObject): OutcomeReason {
  const message = asString(error.message) ?? '';
  const byStatus = reasonOfStatus(status);
  if (byStatus !== null) return byStatus;
  // A bad key comes as 400 INVALID_ARGUMENT; the key's country as 400 FAILED_PRECONDITION.
  if (reasonsIn(error).some((reason) => reason.startsWith('API_KEY_'))) return 'auth';
  if (/api key (not valid|expired|not found)|user location is not supported/i.test(message)) return 'auth';
  if (/token count.*exceeds|exceeds the maximum number of (input )?tokens|context (window|length)/i.test(message)) {
    return 'context-overflow';
  }
  if (/blocked (by|due to).*(safety|content|polic)/i.test(message)) return 'content-filter';
  return 'invalid-request';
}

/** What the status alone decides; null for the 4xx that the body must tell apart. */
function reasonOfStatus(status: number): OutcomeReason | null {
  if (status === 429) return 'rate-limit';
  if (status === 401 || status === 403) return 'auth';
  if (status === 408 || status === 504) return 'timeout';
  return status >= 500 || status === 499 ? 'server-error' : null;
}

/** A quota of the day, or one of zero, does not come back within a request. */
function isSpent(error: JsonObject): boolean {
  return asArray(error.details).some((detail) =>
    asArray(asObject(detail).violations).some((violation) => {
      const { quotaId, quotaValue } = asObject(violation);
      return /PerDay/.test(asString(quotaId) ?? '') || quotaValue === '0';
    }),
  );
}

/** Writes google.rpc.Status with our code as the reason of the first detail; the hint and the attempts are its metadata. Pure. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  const { code, status, message, field, retryAfterMs, attempts } = error;
  const trail = attempts.map(
    (attempt) => `${attempt.target}: ${attempt.outcome}${attempt.status === undefined ? '' : ` ${attempt.status}`}`,
  );
  const metadata = { requestId, hint: error.hint, ...(trail.length > 0 ? { attempts: trail.join('; ') } : {}) };
  const details: JsonObject[] = [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'signalbox', metadata },
  ];
  if (field !== undefined) {
    const fieldViolations = [{ field, description: message }];
    details.push({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations });
  }
  if (retryAfterMs !== undefined) {
    const retryDelay = `${Math.ceil(retryAfterMs / 1000)}s`;
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  }
  return { error: { code: status, message, status: googleStatus(status), details } };
}
