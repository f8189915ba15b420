import { type ErrorCode, GatewayError } from '#core';
import { checkBody } from '#guardrails';
import type { Progress } from '../progress.ts';
import { outputRun } from './guard-answer.ts';

/** Errors whose message repeats the provider's own words. */
const QUOTING: ReadonlySet<ErrorCode> = new Set(['upstream_rejected', 'stream_interrupted']);

/**
 * The error that the caller may see: words of a provider are an answer of it too. What a check masks is masked; where one blocks, the words are withheld and the error stays
 * what it is.
 */
export function guardError(progress: Progress, error: GatewayError): GatewayError {
  const use = progress.guard;
  const output = use?.guard.output ?? null;
  if (use === null || output === null || output.spans.length === 0 || !QUOTING.has(error.code)) return error;
  const message = checkedWords(() => checkBody(outputRun(use, output), { text: error.message }).text);
  if (message === error.message) return error;
  const { code, status, hint, field, retryAfterMs, attempts, cause } = error;
  return new GatewayError(code, message, {
    ...{ status, hint, attempts, cause },
    ...(field === undefined ? {} : { field }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function checkedWords(check: () => unknown): string {
  try {
    return String(check());
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return `the words of the provider are withheld (${error.message})`;
  }
}
