import type { Readable } from 'node:stream';
import type { PlanTarget } from '#decision';
import type { Failure } from './failure.ts';

/** Makes one call and reports it to the observer; only `onConnected` may come before it returns. Concerns are wrapped around it: `Send → Send`. */
export type Send = (request: SendRequest, observer: SendObserver) => SendCall;

export interface SendRequest {
  /** Scheme, host and port, such as `https://api.openai.com`. */
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  /** Flat list: name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | BodySource;
  readonly timeouts: CallTimeouts;
}

/** A body that is read as it is sent. */
export interface BodySource {
  readonly sizeBytes: number;
  /** From its beginning, at each call. */
  readonly open: () => Readable;
}

/** Milliseconds; null means no such timeout. */
export type CallTimeouts = PlanTarget['timeouts'];

/** Told in this order: connected, head, data…, then exactly one of end and failed. Nothing comes after an abort. */
export interface SendObserver {
  readonly onConnected: () => void;
  readonly onHead: (status: number, headers: ResponseHeaders) => void;
  /** Decoded bytes, no longer the transport's. */
  readonly onData: (bytes: Uint8Array) => void;
  readonly onEnd: () => void;
  readonly onFailed: (failure: Failure) => void;
}

/** Lower-case names; a repeated header is a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface SendCall {
  /** Ends the call; the observer hears nothing more. */
  readonly abort: () => void;
  /** Stops reading, so that the upstream is slowed down rather than memory filled; a few chunks may still come. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** The caller has seen the first content: the first-token timeout is met. */
  readonly firstToken: () => void;
}
