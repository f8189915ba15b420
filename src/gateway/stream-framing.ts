import type { ServerResponse } from 'node:http';
import type { InboundCall } from './inbound-call.ts';

/** How the stream for one caller looks on the wire. */
export interface StreamFraming {
  readonly contentType: string;
  /** What the writer's text stands for: bytes, one character each, where the frames are binary. */
  readonly encoding: 'utf8' | 'latin1';
  /** Whether the stream may hold comments; else what is known at its end only, such as the cost, travels as a trailer. */
  readonly hasComments: boolean;
}

/** The framing of a caller's stream. Pure. */
export function streamFraming({ framing }: Pick<InboundCall, 'framing'>): StreamFraming {
  return FRAMINGS[framing];
}

const FRAMINGS: Readonly<Record<InboundCall['framing'], StreamFraming>> = Object.freeze({
  sse: { contentType: 'text/event-stream; charset=utf-8', encoding: 'utf8', hasComments: true },
  'json-array': { contentType: 'application/json', encoding: 'utf8', hasComments: false },
  ndjson: { contentType: 'application/x-ndjson', encoding: 'utf8', hasComments: false },
  'aws-eventstream': { contentType: 'application/vnd.amazon.eventstream', encoding: 'latin1', hasComments: false },
});

/**
 * Whether an answer may end with trailers: one to HTTP/1.0 has none, nor one to a request line that says `HTTP/2.0`, which the parser lets pass; Node refuses to begin it
 * then. Pure.
 */
export function takesTrailers(reply: ServerResponse): boolean {
  return reply.useChunkedEncodingByDefault !== false;
}
