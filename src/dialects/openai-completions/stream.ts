import {
  asArray,
  asNumber,
  asObject,
  asString,
  type GatewayError,
  isObject,
  type JsonObject,
  type NeutralEvent,
  parseJson,
  type StreamError,
  type Usage,
} from '#core';
import type { CallerContext, SseEvent, StreamReader, StreamWriter } from '../dialect.ts';
import { createJsonAnswer } from '../json-answer.ts';
import { readErrorValue, writeError } from '../openai-errors.ts';
import { writeUsageField } from '../openai-usage.ts';
import { responseEvents } from '../response-events.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readLogprobs, writeLogprobs } from './logprobs.ts';
import { nameUnwritten, readResponse, readUsage, writeHead } from './response.ts';

interface ChoiceState {
  isOpen: boolean;
  word: string | undefined;
}

/** Reads the chunks of a streamed completion; finish and usage are held until it ends. */
export function createStreamReader(): StreamReader {
  const choices = new Map<number, ChoiceState>();
  const json = createJsonAnswer();
  let isStarted = false;
  let isOver = false;
  let usage: Usage | undefined;

  function push(event: SseEvent): readonly NeutralEvent[] {
    if (isOver) return [];
    if (event.data === null) {
      if (!isStarted) json.hold(event.raw);
      return [];
    }
    const data = event.data.trim();
    if (data === '') return [];
    if (data === '[DONE]') return close();
    const chunk = parseJson(data);
    if (!isObject(chunk)) return fail({ reason: 'malformed', message: 'A chunk of the stream is not a JSON object.' });
    if ((chunk.error ?? null) !== null) return fail(readErrorValue(chunk.error));
    return readChunk(chunk);
  }

  function readChunk(chunk: JsonObject): readonly NeutralEvent[] {
    const events: NeutralEvent[] = [];
    usage = readUsage(chunk) ?? usage;
    if (!isStarted) {
      isStarted = true;
      const createdAt = asNumber(chunk.created);
      const head = { id: asString(chunk.id) ?? '', model: asString(chunk.model) ?? '' };
      events.push({ kind: 'response-start', ...head, ...(createdAt === undefined ? {} : { createdAt }) });
    }
    for (const item of asArray(chunk.choices).map(asObject)) {
      const choice = asNumber(item.index) ?? 0;
      const state = choices.get(choice) ?? { isOpen: false, word: undefined };
      choices.set(choice, state);
      const text = asString(item.text) ?? '';
      if (text !== '') {
        if (!state.isOpen) events.push({ kind: 'part-start', choice, index: 0, part: { kind: 'text' } });
        state.isOpen = true;
        const logprobs = readLogprobs(item.logprobs);
        events.push({ kind: 'text-delta', choice, index: 0, text, ...(logprobs === undefined ? {} : { logprobs }) });
      }
      state.word = asString(item.finish_reason) || state.word;
    }
    return events;
  }

  function close(): readonly NeutralEvent[] {
    const states = [...choices];
    if (states.length === 0 || states.some(([, { word, isOpen }]) => word === undefined && !isOpen)) {
      return fail({ reason: 'stream-error', message: "The provider's stream ended without a finish reason." });
    }
    isOver = true;
    const events: NeutralEvent[] = [];
    for (const [choice, { isOpen, word }] of states) {
      if (isOpen) events.push({ kind: 'part-end', choice, index: 0 });
      events.push({ kind: 'finish', choice, finish: readFinish(word) });
    }
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    return [...events, { kind: 'response-end' }];
  }

  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    const whole = isStarted ? undefined : json.text();
    if (whole === undefined) {
      const isWhole = choices.size > 0 && [...choices.values()].every(({ word }) => word !== undefined);
      if (isWhole) return close();
      return fail({ reason: 'stream-error', message: "The provider's stream ended too early." });
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

/** Writes neutral events as chunks of a completion: text alone, usage where the caller asked, then `[DONE]`. */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  let head: JsonObject = writeHead({ id: '', model: '' }, caller);
  const lengths = new Map<number, number>();

  function write(fields: JsonObject): string {
    return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
  }

  function push(event: NeutralEvent): string {
    switch (event.kind) {
      case 'response-start':
        head = writeHead(event, caller);
        return '';
      case 'text-delta': {
        const { choice, text } = event;
        const before = lengths.get(choice) ?? 0;
        lengths.set(choice, before + text.length);
        const logprobs = writeLogprobs(event.logprobs ?? [], before);
        return write({ choices: [{ text, index: choice, logprobs, finish_reason: null }] });
      }
      case 'refusal-delta':
        return write({ choices: [{ text: event.text, index: event.choice, logprobs: null, finish_reason: null }] });
      case 'part-start': {
        const { part } = event;
        if (part.kind === 'whole') nameUnwritten([part.part], caller.lose);
        else if (part.kind !== 'text' && part.kind !== 'refusal') caller.lose?.(part.kind);
        return '';
      }
      case 'citation':
        caller.lose?.('citations');
        return '';
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'finish': {
        const reason = writeFinish(event.finish);
        return write({ choices: [{ text: '', index: event.choice, logprobs: null, finish_reason: reason }] });
      }
      case 'usage':
        return caller.streamUsage ? write({ choices: [], usage: writeUsageField(event.usage) }) : '';
      case 'response-end':
        return 'data: [DONE]\n\n';
      default:
        return '';
    }
  }

  function error(failure: GatewayError, requestId: string): string {
    return `data: ${JSON.stringify(writeError(failure, requestId))}\n\n`;
  }

  return { push, error };
}
