import type { NeutralEvent, NeutralRequest, NeutralResponse } from '#core';
import {
  type CallerContext,
  collectEvents,
  createSseFramer,
  type Dialect,
  dialectOf,
  type InboundContext,
  type OutboundTarget,
} from '#dialects';

export const anthropic = dialectOf('anthropic-messages') as Dialect;

export const inbound: InboundContext = { endpoint: 'messages', pathModel: null, pathStream: null };

export const caller: CallerContext = {
  model: 'claude-asked',
  requestId: 'req_0001',
  streamUsage: true,
  createdAt: 1_700_000_000,
  framing: 'sse',
};

/** A target without any policy of its own. */
export function targetOf(upstreamModel: string, changes: Partial<OutboundTarget> = {}): OutboundTarget {
  return {
    upstreamModel,
    maxOutputTokens: null,
    defaultMaxOutputTokens: 4096,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
    ...changes,
  };
}

/** A neutral request with one question, and what a test adds to it. */
export function requestOf(changes: Partial<NeutralRequest> = {}): NeutralRequest {
  return {
    model: 'any',
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
    tools: [],
    stream: false,
    streamUsage: true,
    extra: {},
    ...changes,
  };
}

/** What goes out for a neutral request. */
export function write(
  changes: Partial<NeutralRequest>,
  model = 'claude-sonnet-4-5',
  target: Partial<OutboundTarget> = {},
) {
  return anthropic.writeRequest(requestOf(changes), targetOf(model, target));
}

/** The neutral events of a stream that comes in these pieces. */
export function readStream(pieces: readonly Uint8Array[]): NeutralEvent[] {
  const framer = createSseFramer();
  const reader = anthropic.createStreamReader();
  const events: NeutralEvent[] = [];
  for (const piece of pieces) for (const frame of framer.push(piece)) events.push(...reader.push(frame));
  for (const frame of framer.end()) events.push(...reader.push(frame));
  events.push(...reader.end());
  return events;
}

/** The stream that neutral events are written as. */
export function writeStream(events: readonly NeutralEvent[]): string {
  const writer = anthropic.createStreamWriter(caller);
  return events.map((event) => writer.push(event)).join('');
}

/** The answer that events add up to; fails where they end in an error. */
export function collect(events: readonly NeutralEvent[]): NeutralResponse {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  const result = collector.result();
  if (!('choices' in result)) throw new Error(`stream error: ${result.reason}: ${result.message}`);
  return result;
}

/** Events as the API frames them. */
export function sse(events: readonly { readonly type: string }[], lineEnd = '\n'): string {
  return events
    .map((event) => `event: ${event.type}${lineEnd}data: ${JSON.stringify(event)}${lineEnd}${lineEnd}`)
    .join('');
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
