import { GatewayError } from '#core';
import type { StoreFacts } from './store.ts';

/**
 * The store cannot answer now. Nothing is known about whether the step was taken: repeating it is safe, since every step is idempotent by the hold's id.
 * As a GatewayError it is a 503 `store_unavailable` whose message, meant for callers, names no host and no file: those are in `detail` and in `cause`.
 */
export class StoreUnavailableError extends GatewayError {
  /** What happened and where, for logs. */
  readonly detail: string;
  /** What this process last knew of the facts asked for, for `failMode: last-known`; null when nothing was asked. */
  readonly lastKnown: StoreFacts | null;

  constructor(detail: string, cause?: unknown, lastKnown: StoreFacts | null = null) {
    super('store_unavailable', 'The budget store cannot be reached.', { cause: new Error(detail, { cause }) });
    this.name = 'StoreUnavailableError';
    this.detail = detail;
    this.lastKnown = lastKnown;
  }

  /** The same, with what is still known. */
  withLastKnown(lastKnown: StoreFacts): StoreUnavailableError {
    return new StoreUnavailableError(this.detail, this.cause, lastKnown);
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
