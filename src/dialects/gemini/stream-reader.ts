import type { NeutralEvent } from '#core';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { createChunkReader } from './chunk-reader.ts';

/** Creates the reader of a `streamGenerateContent` stream; a frame may also hold an array of chunks, as streams without `alt=sse` do. */
export function createStreamReader(): StreamReader {
  const reader = createChunkReader();
  return {
    push: (event) => readFrame(event, reader.push, reader.fail),
    end: () => reader.end({ mustFinish: true }),
  };
}

function readFrame(
  event: SseEvent,
  push: (chunk: unknown) => readonly NeutralEvent[],
  fail: (message: string) => readonly NeutralEvent[],
): readonly NeutralEvent[] {
  const data = event.data?.trim() ?? '';
  // Gemini ends without a word, but proxies of the OpenAI kind add theirs.
  if (data === '' || data === '[DONE]') return [];
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return fail('a stream event is not JSON');
  }
  return Array.isArray(value) ? value.flatMap((chunk) => push(chunk)) : push(value);
}
