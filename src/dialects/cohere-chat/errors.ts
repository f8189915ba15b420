import type { GatewayError, JsonObject } from '#core';
import type { UpstreamFailure } from '../dialect.ts';
import { readError as readOpenaiError } from '../openai-errors.ts';

/** Classifies an answer that is not 2xx: `{id, message}`, a form that OpenAI-compatible hosts have too. 498 is a key that expired. */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs?: number,
): UpstreamFailure {
  return readOpenaiError(status === 498 ? 401 : status, headers, body, nowMs);
}

/** Writes an error as Cohere's clients read it. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  const { message, code, field, hint, attempts } = error;
  return {
    id: requestId,
    message,
    code,
    param: field ?? null,
    hint,
    ...(attempts.length > 0 ? { attempts } : {}),
  };
}
