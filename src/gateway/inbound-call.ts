import type { JsonObject } from '#core';
import type { Dialect, InboundContext } from '#dialects';
import type { InboundForm } from './forms/receive-form.ts';
import type { InboundBody } from './inbound-body.ts';

/** Header names in lower case; a repeated header is joined with a comma. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** One call as it came from the wire: read once, changed never, but that its bytes come once its caller is known. */
export interface InboundCall {
  /** `x-signalbox-request-id`. */
  readonly id: string;
  readonly startedMs: number;
  readonly dialect: Dialect;
  readonly context: InboundContext;
  /** Without query. */
  readonly path: string;
  readonly headers: RequestHeaders;
  /** Gemini's `?key=`; never logged. */
  readonly queryKey: string | null;
  /** How a stream is framed for this caller. */
  readonly framing: 'sse' | 'json-array' | 'ndjson' | 'aws-eventstream';
  /** Empty until received. */
  bytes: Buffer;
  /** What becomes `bytes`; null where they are there already, or a form is to come. */
  readonly source: InboundBody | null;
  /** A form with files, not yet received; null for any other body. */
  readonly form: InboundForm | null;
  /** The caller's address, behind trusted proxies too (see `callerAddress`); null when it is not known. */
  readonly ip: string | null;
}

/** The parsed body, read exactly once. */
export type ParsedBody = JsonObject;
