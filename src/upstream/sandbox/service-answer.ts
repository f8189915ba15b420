import { NO_USAGE, type ServiceRequest, type ServiceResponse, sha256 } from '#core';
import { estimateTokens, serviceTexts, shapeOfService } from '#dialects';

/** What the sandbox answers to a call that is no chat: one body, with its type. */
export interface SandboxAnswer {
  readonly type: string;
  readonly body: string | Uint8Array;
}

const DIMENSIONS = 256;
const MAX_DIMENSIONS = 4096;
const json = (body: ServiceResponse): SandboxAnswer => ({ type: 'application/json', body: JSON.stringify(body) });

/** The same for the same request: vectors by a hash of the text, ranks by shared words, one grey dot, a moment of silence. Pure. */
export function serviceAnswerOf(request: ServiceRequest, withUsage: boolean): SandboxAnswer {
  const input = estimateTokens(shapeOfService(request).textLength);
  const usage = withUsage ? { usage: { ...NO_USAGE, input } } : {};
  switch (request.kind) {
    case 'embeddings': {
      const size = Math.min(request.dimensions ?? DIMENSIONS, MAX_DIMENSIONS);
      const vectors = request.inputs.map((text) => vectorOf(typeof text === 'string' ? text : text.join(' '), size));
      return json({ kind: 'embeddings', model: request.model, vectors, ...usage });
    }
    case 'rerank': {
      const ranked = request.documents.map((text, index) => ({ index, score: likeness(request.query, text) }));
      const results = ranked.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, request.topN);
      return json({ kind: 'rerank', model: request.model, results, searchUnits: 1, ...usage });
    }
    case 'moderation':
      return json({ kind: 'as-is', body: moderation(request.model, request), images: 0, texts: [], ...usage });
    case 'images':
      return images(request.count, request.stream, input);
    case 'speech':
      return { type: 'audio/wav', body: silence(request.input.length) };
    case 'realtime':
      throw new Error('a session is no single answer');
    case 'transcription':
      return transcription(request.sizeBytes, request.format, request.stream, input);
  }
}

function vectorOf(text: string, size: number): readonly number[] {
  let state = Number.parseInt(sha256(text).slice(0, 8), 16) || 1;
  const values = Array.from({ length: size }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
  const length = Math.hypot(...values);
  return values.map((value) => Number((value / length).toFixed(6)));
}

function likeness(query: string, text: string): number {
  const wanted = new Set(wordsOf(query));
  const found = new Set(wordsOf(text).filter((word) => wanted.has(word)));
  return wanted.size === 0 ? 0 : Number((found.size / wanted.size).toFixed(4));
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Flags a text that asks for it: `flag me`. */
function moderation(model: string, request: ServiceRequest) {
  const results = serviceTexts(request).map(({ text }) => {
    const flagged = /\bflag me\b/i.test(text);
    return { flagged, categories: { sandbox: flagged }, category_scores: { sandbox: flagged ? 1 : 0 } };
  });
  return { id: 'modr-sandbox', model, results };
}

// One grey dot, as PNG.
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

function images(count: number, isStream: boolean, input: number): SandboxAnswer {
  const usage = { input_tokens: input, output_tokens: count, total_tokens: input + count };
  if (isStream) {
    const event = { type: 'image_generation.completed', b64_json: DOT, usage };
    return { type: 'text/event-stream', body: `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n` };
  }
  const data = Array.from({ length: count }, () => ({ b64_json: DOT }));
  const body = { created: 0, data, usage };
  return json({ kind: 'as-is', body, images: count, texts: [], usage: { ...NO_USAGE, input, output: count } });
}

/** As WAV, eight bits at 8 kHz, the longer the longer the text. */
function silence(characters: number): Uint8Array {
  const samples = Math.min(80 * characters, 80_000);
  const bytes = Buffer.alloc(44 + samples, 0x80);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(8000, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples, 40);
  return bytes;
}

function transcription(sizeBytes: number, format: string | undefined, isStream: boolean, input: number): SandboxAnswer {
  const text = `[sandbox] heard ${sizeBytes} bytes, no provider was called`;
  const output = estimateTokens([text.length, 0]);
  const usage = {
    type: 'tokens',
    input_tokens: input,
    input_token_details: { audio_tokens: input },
    output_tokens: output,
  };
  if (isStream) {
    const events = [
      { type: 'transcript.text.delta', delta: text },
      { type: 'transcript.text.done', text, usage },
    ];
    return { type: 'text/event-stream', body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') };
  }
  if (format === 'srt') return { type: 'text/plain', body: `1\n00:00:00,000 --> 00:00:01,000\n${text}\n` };
  if (format === 'vtt') return { type: 'text/plain', body: `WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n${text}\n` };
  if (format === 'text') return { type: 'text/plain', body: `${text}\n` };
  const whole = { ...NO_USAGE, audioInput: input, output };
  return json({ kind: 'as-is', body: { text, usage }, images: 0, texts: [text], usage: whole });
}
