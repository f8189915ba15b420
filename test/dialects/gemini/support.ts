import { isObject, type JsonObject, type NeutralEvent, type NeutralRequest, type NeutralResponse } from '#core';
import {
  type CallerContext,
  collectEvents,
  createSseFramer,
  type Dialect,
  dialectOf,
  type InboundContext,
  type OutboundTarget,
  type WrittenRequest,
} from '#dialects';

export const gemini: Dialect = dialectOf('gemini') ?? missing();

function missing(): never {
  throw new Error('the dialect gemini is not in the registry');
}

export const caller: CallerContext = {
  model: 'asked-model',
  requestId: 'req_1',
  streamUsage: true,
  createdAt: 1_700_000_000,
  framing: 'sse',
};

export function inbound(changes: Partial<InboundContext> = {}): InboundContext {
  return { endpoint: 'generate', pathModel: 'gemini-2.5-flash', pathStream: false, ...changes };
}

export function target(changes: Partial<OutboundTarget> = {}): OutboundTarget {
  return {
    upstreamModel: 'gemini-2.5-flash',
    maxOutputTokens: null,
    defaultMaxOutputTokens: 4096,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
    ...changes,
  };
}

export function neutral(changes: Partial<NeutralRequest> = {}): NeutralRequest {
  return {
    model: 'm',
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }],
    tools: [],
    stream: false,
    streamUsage: true,
    extra: {},
    ...changes,
  };
}

/** A written request with its body open to dotted look-ups in assertions. */
export function write(
  changes: Partial<NeutralRequest>,
  to: Partial<OutboundTarget> = {},
): WrittenRequest & { readonly config: JsonObject } {
  const written = gemini.writeRequest(neutral(changes), target(to));
  return { ...written, config: (written.body.generationConfig ?? {}) as JsonObject };
}

export function read(body: JsonObject, changes: Partial<InboundContext> = {}): NeutralRequest {
  return gemini.readRequest({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...body }, inbound(changes));
}

export function answer(body: unknown): NeutralResponse {
  const response = gemini.readResponse(body);
  if ('reason' in response) throw new Error(`not an answer: ${response.reason} ${response.message}`);
  return response;
}

/** An answer of one candidate with these parts. */
export function partsAnswer(parts: readonly JsonObject[], changes: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...changes }],
    responseId: 'r1',
  };
}

export function sse(chunks: readonly unknown[], lineEnd = '\r\n'): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}${lineEnd}${lineEnd}`).join('');
}

/** The neutral events of a stream that arrives in these pieces. */
export function readPieces(pieces: readonly Uint8Array[]): readonly NeutralEvent[] {
  const framer = createSseFramer();
  const reader = gemini.createStreamReader();
  const frames = [...pieces.flatMap((piece) => framer.push(piece)), ...framer.end()];
  return [...frames.flatMap((frame) => reader.push(frame)), ...reader.end()];
}

export function readStream(text: string): readonly NeutralEvent[] {
  return readPieces([new TextEncoder().encode(text)]);
}

export function writeStream(events: readonly NeutralEvent[], changes: Partial<CallerContext> = {}): string {
  const writer = gemini.createStreamWriter({ ...caller, ...changes });
  return events.map((event) => writer.push(event)).join('');
}

export function collect(events: readonly NeutralEvent[]): NeutralResponse {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  const result = collector.result();
  if ('reason' in result) throw new Error(`the stream failed: ${result.reason} ${result.message}`);
  return result;
}

export function contentsOf(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body.contents) ? body.contents.filter(isObject) : [];
}
