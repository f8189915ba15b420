import type { OutcomeReason } from '#core';
import { forbiddenAddress } from '#network';

/** Why an attempt gave no answer: what `advance` needs of it, and the provider's own words for the caller. */
export interface Failure {
  readonly reason: OutcomeReason | 'cancelled';
  /** HTTP status; null when none was received. */
  readonly status: number | null;
  /** The provider's or the system's code, such as `insufficient_quota`, `ECONNREFUSED`, `first-token`. */
  readonly code: string | null;
  /** Perhaps the provider's own text: only for the caller's answer, never for a log. */
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** The provider says that another try is pointless. */
  readonly noRetry: boolean;
  /** What whoever runs the gateway can do about it, in words of our own: for records and logs, never for the caller. */
  readonly problem?: string;
}

/** A failure with only a reason, a code and a text. Pure. */
export function failure(reason: Failure['reason'], code: string | null, message: string): Failure {
  return { reason, status: null, code, message, retryAfterMs: null, noRetry: false };
}

/** The failure behind an error of the connection: refused, reset, DNS, TLS and the like are `network`. Pure. */
export function failureOfError(error: Error): Failure {
  const code = codeOf(error);
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failure('malformed', code, 'The answer is not valid HTTP.');
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return failure(
      'malformed',
      code,
      'The request cannot be sent: its address or one of its headers is not valid HTTP.',
    );
  }
  if (code.endsWith('_TIMEOUT') && code.startsWith('UND_ERR')) {
    return failure('timeout', 'connect', 'No connection within the time allowed.');
  }
  const refusal = forbiddenAddress(error);
  if (refusal !== null) {
    const text = 'The address of the provider may not be called.';
    return { ...failure('network', code, text), problem: refusal.message };
  }
  return failure('network', code, `The connection failed (${code}).`);
}

/** Undici hides the system's code in `cause` or, when several addresses were tried, in `errors`. */
function codeOf(error: Error): string {
  const { cause, errors, code } = error as Error & { readonly code?: unknown; readonly errors?: readonly unknown[] };
  if (typeof code === 'string' && code !== 'UND_ERR_SOCKET') return code;
  const inner = errors?.[0] ?? cause;
  if (inner instanceof Error) return codeOf(inner);
  return typeof code === 'string' ? code : error.name;
}
