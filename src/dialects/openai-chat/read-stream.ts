import {
  asArray,
  asNumber,
  asObject,
  asString,
  type Citation,
  isObject,
  type JsonObject,
  type NeutralEvent,
  parseJson,
  type Usage,
} from '#core';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { createJsonAnswer } from '../json-answer.ts';
import { readErrorValue } from '../openai-errors.ts';
import { responseEvents } from '../response-events.ts';
import { nameBeside, readSources } from './citations.ts';
import { type ChoiceReader, createChoiceReader } from './read-choice.ts';
import { readResponse, readUsage } from './response.ts';

/**
 * Reads the chunks of a streamed chat completion. Finish reasons and usage are held until the stream ends, since hosts
 * repeat them, send usage with every chunk, or send the finish before the last text. `[DONE]` ends the stream; what
 * follows is ignored. Without `[DONE]` the stream is whole when every choice had its finish reason. An upstream that
 * answers with one JSON object instead of a stream is read as such.
 */
export function createStreamReader(): StreamReader {
  const choices = new Map<number, ChoiceReader>();
  const json = createJsonAnswer();
  let isStarted = false;
  let isOver = false;
  let usage: Usage | undefined;
  /** Perplexity's, repeated in every chunk. */
  let sources: readonly Citation[] = [];
  const beside = new Set<string>();

  function push(event: SseEvent): readonly NeutralEvent[] {
    if (isOver) return [];
    if (event.data === null) {
      if (!isStarted) json.hold(event.raw);
      return [];
    }
    const data = event.data.trim();
    if (data === '') return [];
    if (data === '[DONE]') return close(true);
    const chunk = parseJson(data);
    if (!isObject(chunk)) return fail({ reason: 'malformed', message: 'A chunk of the stream is not a JSON object.' });
    if ((chunk.error ?? null) !== null) return fail(readErrorValue(chunk.error));
    // `event: error` frames whose data is the error itself, without the wrapper.
    if (event.event === 'error') return fail(readErrorValue(chunk));
    return readChunk(chunk);
  }

  function readChunk(chunk: JsonObject): readonly NeutralEvent[] {
    const events: NeutralEvent[] = [];
    usage = readUsage(chunk) ?? usage;
    const told = readSources(chunk);
    if (told.length > 0) sources = told;
    nameBeside(chunk, (what) => beside.add(what));
    const list = asArray(chunk.choices).map(asObject);
    // Azure's first chunk has neither id nor choices, only the verdict of its content filter.
    if (!isStarted && (list.length > 0 || asString(chunk.id))) {
      isStarted = true;
      const createdAt = asNumber(chunk.created);
      events.push({
        kind: 'response-start',
        id: asString(chunk.id) ?? '',
        model: asString(chunk.model) ?? '',
        ...(createdAt === undefined ? {} : { createdAt }),
      });
    }
    for (const choice of list) {
      if ((choice.error ?? null) !== null) return [...events, ...fail(readErrorValue(choice.error))];
      const index = asNumber(choice.index) ?? 0;
      let reader = choices.get(index);
      if (reader === undefined) {
        reader = createChoiceReader(index);
        choices.set(index, reader);
      }
      events.push(...reader.push(choice));
    }
    return events;
  }

  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    const whole = isStarted ? undefined : json.text();
    return whole === undefined ? close(false) : readJson(whole);
  }

  /** Ends the stream; whole where each choice is finished, or has content and the provider itself said `[DONE]`. */
  function close(isDone: boolean): readonly NeutralEvent[] {
    const readers = [...choices.values()];
    const isWhole =
      readers.length > 0 && readers.every((reader) => reader.isFinished() || (isDone && reader.hasContent()));
    if (!isWhole) {
      const what = readers.length === 0 ? 'before its first chunk with content' : 'without a finish reason';
      return fail({ reason: 'stream-error', message: `The provider's stream ended ${what}.` });
    }
    isOver = true;
    return [
      ...readers.flatMap((reader) => reader.end(sources)),
      ...[...beside].map((what): NeutralEvent => ({ kind: 'unread', what })),
      ...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]),
      { kind: 'response-end' },
    ];
  }

  function fail(error: Extract<NeutralEvent, { kind: 'error' }>['error']): readonly NeutralEvent[] {
    isOver = true;
    return [{ kind: 'error', error }];
  }

  function readJson(text: string): readonly NeutralEvent[] {
    const response = readResponse(parseJson(text));
    if ('reason' in response) return fail(response);
    isOver = true;
    return responseEvents(response);
  }

  return { push, end };
}
