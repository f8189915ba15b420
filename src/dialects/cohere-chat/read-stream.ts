import {
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralEvent,
  type PartStart,
  parseJson,
  type StreamError,
  type TokenLogprob,
  type Usage,
} from '#core';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { createJsonAnswer } from '../json-answer.ts';
import { responseEvents } from '../response-events.ts';
import { readCitation } from './citations.ts';
import { readFinish } from './finish.ts';
import { readLogprobs } from './logprobs.ts';
import { readResponse } from './response.ts';
import { readUsageField } from './usage.ts';

const choice = 0;

/**
 * Reads the typed events of a streamed answer. Content and calls are numbered apart; the plan of tool use has no number
 * and is one block of reasoning. `message-end` ends the stream.
 */
export function createStreamReader(): StreamReader {
  const json = createJsonAnswer();
  /** Open blocks by what the provider calls them. */
  const open = new Map<string, { readonly index: number; readonly kind: 'text' | 'reasoning' | 'tool-call' }>();
  let next = 0;
  let isStarted = false;
  let isOver = false;
  let hasCalls = false;
  /** Text blocks by the provider's number, ended ones too: citations may follow them. */
  const texts = new Map<number, number>();

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
    if (type === '' && typeof parsed.message === 'string')
      return fail({ reason: 'stream-error', message: parsed.message });
    return readEvent(type, parsed);
  }

  function readEvent(type: string, event: JsonObject): readonly NeutralEvent[] {
    const events: NeutralEvent[] = [];
    const message = asObject(asObject(event.delta).message);
    const at = asNumber(event.index) ?? 0;
    switch (type) {
      case 'message-start':
        isStarted = true;
        return [{ kind: 'response-start', id: asString(event.id) ?? '', model: '' }];
      case 'content-start':
      case 'content-delta':
        addContent(at, asObject(message.content), event.logprobs, events);
        return events;
      case 'content-end':
        close(`content ${at}`, events);
        return events;
      case 'citation-start':
        cite(at, asObject(message.citations), events);
        return events;
      case 'tool-plan-delta':
        addText('plan', 'reasoning', asString(message.tool_plan) ?? '', events);
        return events;
      case 'tool-call-start':
        close('plan', events);
        startCall(at, asObject(message.tool_calls), events);
        return events;
      case 'tool-call-delta':
        addArguments(at, asObject(message.tool_calls), events);
        return events;
      case 'tool-call-end':
        close(`call ${at}`, events);
        return events;
      case 'message-end':
        return finish(asObject(event.delta));
      default:
        return [];
    }
  }

  function addContent(at: number, content: JsonObject, told: unknown, events: NeutralEvent[]): void {
    const thinking = asString(content.thinking);
    const key = `content ${at}`;
    if (thinking !== undefined) addText(key, 'reasoning', thinking, events);
    else {
      addText(key, 'text', asString(content.text) ?? '', events, readLogprobs(told));
      const index = open.get(key)?.index;
      if (index !== undefined) texts.set(at, index);
    }
  }

  function addText(
    key: string,
    kind: 'text' | 'reasoning',
    text: string,
    events: NeutralEvent[],
    logprobs?: readonly TokenLogprob[],
  ): void {
    if (text === '' && logprobs === undefined) return;
    const block = open.get(key) ?? start(key, { kind }, events);
    if (block.kind === 'tool-call') return;
    const facts = block.kind === 'text' && logprobs !== undefined ? { logprobs } : {};
    events.push({ kind: `${block.kind}-delta`, choice, index: block.index, text, ...facts });
  }

  function cite(at: number, value: JsonObject, events: NeutralEvent[]): void {
    const unread = (what: string) => events.push({ kind: 'unread', what });
    for (const { at: content, citation } of readCitation(value, unread)) {
      // The event is numbered among the citations; what it speaks of stands inside.
      const index = texts.get(content) ?? texts.get(at) ?? [...texts.values()][0];
      if (index === undefined) unread('citations');
      else events.push({ kind: 'citation', choice, index, citation });
    }
  }

  function start(key: string, part: Exclude<PartStart, { kind: 'whole' | 'refusal' }>, events: NeutralEvent[]) {
    const block = { index: next++, kind: part.kind };
    open.set(key, block);
    events.push({ kind: 'part-start', choice, index: block.index, part });
    return block;
  }

  function startCall(at: number, call: JsonObject, events: NeutralEvent[]): void {
    hasCalls = true;
    const name = asString(asObject(call.function).name) ?? '';
    start(`call ${at}`, { kind: 'tool-call', id: asString(call.id) || `call_${at}`, name }, events);
    addArguments(at, call, events);
  }

  function addArguments(at: number, call: JsonObject, events: NeutralEvent[]): void {
    const block = open.get(`call ${at}`);
    const text = asString(asObject(call.function).arguments) ?? '';
    if (block === undefined || text === '') return;
    events.push({ kind: 'tool-arguments-delta', choice, index: block.index, arguments: text });
  }

  function close(key: string, events: NeutralEvent[]): void {
    const block = open.get(key);
    if (block !== undefined && open.delete(key)) events.push({ kind: 'part-end', choice, index: block.index });
  }

  function finish(delta: JsonObject): readonly NeutralEvent[] {
    const message = asString(delta.error);
    if (message !== undefined) return fail({ reason: 'stream-error', message });
    const word = asString(delta.finish_reason);
    if (next === 0 && (word === 'ERROR' || word === 'TIMEOUT')) {
      return fail({
        reason: word === 'TIMEOUT' ? 'timeout' : 'server-error',
        message: `The provider ended with ${word}.`,
      });
    }
    isOver = true;
    const events: NeutralEvent[] = [];
    for (const key of [...open.keys()]) close(key, events);
    events.push({ kind: 'finish', choice, finish: readFinish(word, hasCalls) });
    const usage: Usage | undefined = readUsageField(delta.usage);
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    return [...events, { kind: 'response-end' }];
  }

  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    const whole = isStarted ? undefined : json.text();
    if (whole === undefined) {
      return fail({ reason: 'stream-error', message: "The provider's stream ended before its message did." });
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
