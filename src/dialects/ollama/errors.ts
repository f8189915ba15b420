import type { GatewayError, JsonObject } from '#core';
import type { UpstreamFailure } from '../dialect.ts';
import { readError as readOpenaiError } from '../openai-errors.ts';

/** Classifies an answer that is not 2xx: `{error: text}`. A model that is not pulled is no fault of the request: another target may have it. */
export function readError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs?: number,
): UpstreamFailure {
  const failure = readOpenaiError(status, headers, body, nowMs);
  if (status !== 404 || !/model\b.*not found/i.test(failure.message)) return failure;
  return { ...failure, reason: 'auth', noRetry: true };
}

/** Writes an error as Ollama's clients read it. */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  const { message, code, field, hint, attempts } = error;
  return {
    error: message,
    code,
    param: field ?? null,
    hint,
    ...(attempts.length > 0 ? { attempts } : {}),
    request_id: requestId,
  };
}
