import { asArray, asObject, isObject, parseJson } from '#core';

/** What a failed answer tells about when to try again. */
export interface RetryAdvice {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as received; read for Google's RetryInfo and OpenAI's "try again in 20s". */
  readonly body?: string;
  /** Unix milliseconds; used for absolute times when the answer carries no `date` of its own. */
  readonly nowMs?: number;
}

/**
 * The wait a provider asks for, in milliseconds; null when it says nothing usable. First match wins: `retry-after-ms`,
 * `x-ms-retry-after-ms`, `retry-after` (seconds, decimals, HTTP date), RetryInfo or a "try again in" in the body, then,
 * on a 429 only, the reset times of the rate-limit windows (`x-ratelimit-reset-*`, `anthropic-ratelimit-*-reset`).
 * Absolute times are measured against the answer's own `date`, so that a skewed clock does no harm. Pure.
 */
export function readRetryAfter(advice: RetryAdvice): number | null {
  const { headers } = advice;
  const dateMs = Date.parse(headers.date ?? '');
  const nowMs = Number.isNaN(dateMs) ? (advice.nowMs ?? null) : dateMs;
  return (
    readMilliseconds(headers['retry-after-ms']) ??
    readMilliseconds(headers['x-ms-retry-after-ms']) ??
    readDelay(headers['retry-after'], nowMs) ??
    readBody(advice.body) ??
    (advice.status === 429 ? readWindows(headers, nowMs) : null)
  );
}

function readMilliseconds(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Math.ceil(Number(text)) : null;
}

/** Seconds, a Go duration (`6m0s`, `20ms`), an HTTP date or an RFC 3339 time. */
function readDelay(text: string | undefined, nowMs: number | null): number | null {
  const value = text?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const duration = readDuration(value);
  if (duration !== null) return duration;
  // Date.parse accepts nearly any word with a digit; only real dates begin like these (RFC 9110 §5.6.7, RFC 3339).
  if (!/^([A-Z][a-z]{2},|[A-Z][a-z]+day,|\d{4}-\d{2}-\d{2}T)/.test(value)) return null;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) || nowMs === null ? null : Math.max(0, atMs - nowMs);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let totalMs = 0;
  for (const [, figure, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(figure) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return Math.ceil(totalMs);
}

function readBody(body: string | undefined): number | null {
  // An HTML page or a huge echo holds no advice worth searching for.
  if (body === undefined || body.length > 64 * 1024) return null;
  const spoken = /try again in ((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)/i.exec(body)?.[1];
  return readRetryInfo(body) ?? (spoken === undefined ? null : readDuration(spoken));
}

/** google.rpc.RetryInfo in `error.details`; Gemini sends the error alone or as an array of one. */
function readRetryInfo(body: string): number | null {
  if (!body.includes('retryDelay')) return null;
  for (const item of [parseJson(body)].flat()) {
    for (const detail of asArray(asObject(asObject(item).error).details)) {
      if (isObject(detail) && typeof detail.retryDelay === 'string') return readDuration(detail.retryDelay);
    }
  }
  return null;
}

/**
 * The windows that are used up decide, by the latest reset. Where no window says it is empty (a token window that only
 * lacks room for this request), the earliest reset is worth a try.
 */
function readWindows(headers: Readonly<Record<string, string>>, nowMs: number | null): number | null {
  let latestEmpty: number | null = null;
  let earliest: number | null = null;
  for (const [name, value] of Object.entries(headers)) {
    const resetMs = isResetHeader(name) ? readReset(value, nowMs) : null;
    if (resetMs === null) continue;
    earliest = Math.min(earliest ?? resetMs, resetMs);
    const remaining = headers[name.replace('reset', 'remaining')];
    if (remaining !== undefined && Number(remaining) <= 0) latestEmpty = Math.max(latestEmpty ?? 0, resetMs);
  }
  return latestEmpty ?? earliest;
}

function isResetHeader(name: string): boolean {
  return /^x-ratelimit-reset(-[a-z-]+)?$|^anthropic-ratelimit-[a-z-]+-reset$|^ratelimit-reset$/.test(name);
}

/** As `readDelay`; large bare figures are Unix seconds or milliseconds (OpenRouter). */
function readReset(value: string, nowMs: number | null): number | null {
  const figure = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (figure < 1e9) return readDelay(value, nowMs);
  return nowMs === null ? null : Math.max(0, Math.ceil(figure * (figure < 1e11 ? 1000 : 1) - nowMs));
}
