import {
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralEvent,
  parseJson,
  type StreamError,
} from '#core';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { createJsonAnswer } from '../json-answer.ts';
import { readErrorValue } from '../openai-errors.ts';
import { responseEvents } from '../response-events.ts';
import { readFinish } from './finish.ts';
import { createItemReader, type ItemReader } from './read-item.ts';
import { readResponse } from './response.ts';
import { readUsageField } from './usage.ts';

const ENDINGS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/**
 * Reads the events of a streamed response. Each item of the output is told as it comes, and again whole when it is
 * done: what no delta told is taken from there. `response.completed` or `response.incomplete` ends the stream.
 */
export function createStreamReader(): StreamReader {
  const items = new Map<number, ItemReader>();
  const json = createJsonAnswer();
  let next = 0;
  let isStarted = false;
  let isOver = false;

  function push(event: SseEvent): readonly NeutralEvent[] {
    if (isOver) return [];
    if (event.data === null) {
      if (!isStarted) json.hold(event.raw);
      return [];
    }
    const data = event.data.trim();
    if (data === '' || data === '[DONE]') return [];
    const parsed = parseJson(data);
    if (!isObject(parsed))
      return fail({ reason: 'malformed', message: 'An event of the stream is not a JSON object.' });
    const type = asString(parsed.type) ?? event.event;
    if (type === 'error' || (type === '' && parsed.error !== undefined)) {
      return fail(readErrorValue(isObject(parsed.error) ? parsed.error : parsed));
    }
    return [...start(parsed), ...readEvent(type, parsed)];
  }

  /** Every event that carries the response may be the first. */
  function start(event: JsonObject): NeutralEvent[] {
    if (isStarted || !isObject(event.response)) return [];
    isStarted = true;
    const { response } = event;
    const createdAt = asNumber(response.created_at);
    const head = { id: asString(response.id) ?? '', model: asString(response.model) ?? '' };
    return [{ kind: 'response-start', ...head, ...(createdAt === undefined ? {} : { createdAt }) }];
  }

  function readEvent(type: string, event: JsonObject): readonly NeutralEvent[] {
    if (ENDINGS.has(type)) return close(asObject(event.response));
    const at = asNumber(event.output_index);
    if (at === undefined) return [];
    return itemAt(at, asObject(event.item)).push(type, event);
  }

  function itemAt(at: number, item: JsonObject): ItemReader {
    let reader = items.get(at);
    if (reader === undefined) {
      reader = createItemReader(item, () => next++);
      items.set(at, reader);
    }
    return reader;
  }

  function close(response: JsonObject): readonly NeutralEvent[] {
    if ((response.error ?? null) !== null || response.status === 'failed') {
      return fail(readErrorValue(response.error ?? { message: 'The provider reports that the response failed.' }));
    }
    isOver = true;
    const rest = [...items.values()].flatMap((item) => item.end());
    const usage = readUsageField(response.usage);
    const kinds = [...items.values()].flatMap((item) => item.kinds());
    return [
      ...rest,
      { kind: 'finish', choice: 0, finish: readFinish(response, kinds) },
      ...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]),
      { kind: 'response-end' },
    ];
  }

  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    const whole = isStarted ? undefined : json.text();
    if (whole === undefined) {
      return fail({ reason: 'stream-error', message: "The provider's stream ended before the response was complete." });
    }
    const response = readResponse(parseJson(whole));
    if ('reason' in response) return fail(response);
    isOver = true;
    return responseEvents(response);
  }

  function fail(error: StreamError): readonly NeutralEvent[] {
    isOver = true;
    return [{ kind: 'error', error }];
  }

  return { push, end };
}
