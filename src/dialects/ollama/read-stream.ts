import {
  type AssistantPart,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralEvent,
  parseJson,
  type StreamError,
} from '#core';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { readErrorValue } from '../openai-errors.ts';
import { readFinish } from './finish.ts';
import { readMessage, readTime, withTokens } from './response.ts';
import { readUsageFields } from './usage.ts';

const choice = 0;

/** Reads the lines of a streamed answer: thoughts and text in pieces, calls and pictures whole. The line with `done` ends it. */
export function createStreamReader(): StreamReader {
  let open: { readonly kind: 'text' | 'reasoning'; readonly index: number } | null = null;
  let next = 0;
  let calls = 0;
  let isStarted = false;
  let isOver = false;

  function push({ data }: SseEvent): readonly NeutralEvent[] {
    if (isOver || data === null) return [];
    const chunk = parseJson(data);
    if (!isObject(chunk)) return fail({ reason: 'malformed', message: 'A line of the stream is not a JSON object.' });
    if ((chunk.error ?? null) !== null) return fail(readErrorValue(chunk.error));
    const events: NeutralEvent[] = [];
    if (!isStarted) {
      isStarted = true;
      const createdAt = readTime(chunk.created_at);
      const model = asString(chunk.model) ?? '';
      events.push({ kind: 'response-start', id: '', model, ...(createdAt === undefined ? {} : { createdAt }) });
    }
    for (const part of withTokens(readMessage(asObject(chunk.message), calls), chunk.logprobs)) add(part, events);
    if (chunk.done === true) finish(chunk, events);
    return events;
  }

  function add(part: AssistantPart, events: NeutralEvent[]): void {
    if (part.kind === 'text' || part.kind === 'reasoning') {
      if (open?.kind !== part.kind) {
        close(events);
        open = { kind: part.kind, index: next++ };
        events.push({ kind: 'part-start', choice, index: open.index, part: { kind: part.kind } });
      }
      const told = part.kind === 'text' && part.logprobs !== undefined ? { logprobs: part.logprobs } : {};
      events.push({ kind: `${part.kind}-delta`, choice, index: open.index, text: part.text, ...told });
      return;
    }
    close(events);
    const index = next++;
    if (part.kind === 'tool-call') {
      calls++;
      const { id, name, arguments: text } = part;
      events.push({ kind: 'part-start', choice, index, part: { kind: 'tool-call', id, name } });
      if (text !== '') events.push({ kind: 'tool-arguments-delta', choice, index, arguments: text });
    } else events.push({ kind: 'part-start', choice, index, part: { kind: 'whole', part } });
    events.push({ kind: 'part-end', choice, index });
  }

  function close(events: NeutralEvent[]): void {
    if (open !== null) events.push({ kind: 'part-end', choice, index: open.index });
    open = null;
  }

  function finish(chunk: JsonObject, events: NeutralEvent[]): void {
    isOver = true;
    close(events);
    events.push({ kind: 'finish', choice, finish: readFinish(asString(chunk.done_reason), calls > 0) });
    const usage = readUsageFields(chunk);
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    events.push({ kind: 'response-end' });
  }

  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    return fail({ reason: 'stream-error', message: "The provider's stream ended before it was done." });
  }

  function fail(error: StreamError): readonly NeutralEvent[] {
    isOver = true;
    return [{ kind: 'error', error }];
  }

  return { push, end };
}
