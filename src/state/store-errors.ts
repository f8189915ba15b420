import { GatewayError } from '#core';
import type { CounterState } from '#decision';

/**
 * The store cannot answer now. Nothing is known about whether the step was taken: repeating it is safe, since every step is idempotent by the hold's id.
 * As a GatewayError it is a 503 `store_unavailable` whose message, meant for callers, names no host and no file: those are in `detail` and in `cause`.
 */
export class StoreUnavailableError extends GatewayError {
  /** What happened and where, for logs. */
  readonly detail: string;
  /** What this process last knew of the counters asked for, for `failMode: last-known`. */
  readonly lastKnown: Readonly<Record<string, CounterState>>;

  constructor(
    detail: string,
    more: { readonly cause?: unknown; readonly lastKnown?: StoreUnavailableError['lastKnown'] } = {},
  ) {
    super('store_unavailable', 'The budget store cannot be reached.', {
      cause: new Error(detail, { cause: more.cause }),
    });
    this.name = 'StoreUnavailableError';
    this.detail = detail;
    this.lastKnown = more.lastKnown ?? {};
  }
}

/** The store cannot be opened as it is configured: for whoever starts the gateway, with the next step in `hint`. */
export class StoreOpenError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreOpenError';
    this.hint = hint;
  }
}
