import {
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type NeutralEvent,
  type NeutralResponse,
  type OutcomeReason,
  type StreamError,
} from '#core';
import type { StreamReader, UpstreamFailure } from '#dialects';

/** Not a URL anybody could call: the sandbox answers in the process. */
export const SANDBOX_ORIGIN = 'sandbox:';

/** The sandbox's wire form is the neutral form as JSON; a stream is one neutral event per SSE event. Pure. */
export const sandboxDialect = Object.freeze({
  name: 'sandbox' as const,
  readResponse,
  readUsage: (body: unknown) => {
    const response = readResponse(body);
    return 'choices' in response ? response.usage : undefined;
  },
  createStreamReader,
  readError,
});

function readResponse(body: unknown): NeutralResponse | StreamError {
  const response = asObject(body);
  if (Array.isArray(response.choices) && response.choices.length > 0) return body as NeutralResponse;
  return { reason: 'malformed', message: 'The answer of the sandbox is malformed, as the directive asked.' };
}

function createStreamReader(): StreamReader {
  let isOver = false;
  return {
    push({ data }) {
      if (data === null || isOver) return [];
      let event: NeutralEvent;
      try {
        event = JSON.parse(data) as NeutralEvent;
      } catch {
        event = { kind: 'error', error: { reason: 'malformed', message: 'The sandbox sent a broken event.' } };
      }
      isOver = event.kind === 'response-end' || event.kind === 'error';
      return [event];
    },
    end() {
      if (isOver) return [];
      const message = 'The stream of the sandbox ended before its answer did.';
      return [{ kind: 'error', error: { reason: 'stream-error', message } }];
    },
  };
}

function readError(_status: number, headers: Readonly<Record<string, string>>, body: string): UpstreamFailure {
  const error = readErrorBody(body);
  const seconds = Number(headers['retry-after']);
  return {
    reason: (asString(error.reason) as OutcomeReason | undefined) ?? 'malformed',
    code: asString(error.code) ?? null,
    message: asString(error.message) ?? 'The sandbox failed without saying how.',
    retryAfterMs: asNumber(seconds) === undefined ? null : seconds * 1000,
    noRetry: headers['x-should-retry'] === 'false',
  };
}

function readErrorBody(body: string) {
  try {
    const value: unknown = JSON.parse(body);
    return asObject(isObject(value) ? value.error : asArray(value)[0]);
  } catch {
    return {};
  }
}
