import type { JsonObject, NeutralEvent, NeutralResponse, StreamError } from '#core';
import { collectEvents, createSseFramer, dialectOf } from '#dialects';
import { cutBytes } from '../../support/cut-bytes.ts';

const dialect = dialectOf('openai-responses');
if (dialect === null) throw new Error('openai-responses is not registered');

export const responses = dialect;

/** Events as the API frames them. */
export function framesOf(events: readonly JsonObject[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

/** Reads a stream's text, cut at the given offsets. */
export function readText(text: string, cuts: readonly number[] = []): NeutralEvent[] {
  const framer = createSseFramer();
  const reader = responses.createStreamReader();
  const frames = cutBytes(new TextEncoder().encode(text), cuts).flatMap((piece) => framer.push(piece));
  return [...[...frames, ...framer.end()].flatMap((frame) => reader.push(frame)), ...reader.end()];
}

/** What events add up to. */
export function collect(events: readonly NeutralEvent[]): NeutralResponse | StreamError {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  return collector.result();
}
