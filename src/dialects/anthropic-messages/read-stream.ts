import {
  type AssistantPart,
  asNumber,
  asObject,
  asString,
  type Finish,
  isObject,
  type JsonObject,
  type NeutralEvent,
  type PartStart,
  parseJson,
  type StreamError,
} from '#core';
import { compact } from '../compact.ts';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { responseEvents } from '../response-events.ts';
import { ANSWER_TOOL } from './answer-format.ts';
import { readCitation, readCitations } from './citations.ts';
import { readErrorObject } from './errors.ts';
import { finishOf } from './finish.ts';
import { ANSWERED, readResponse } from './response.ts';
import { usageOf } from './usage.ts';

interface OpenBlock {
  /** The block as it started; opaque ones are kept whole until they end. */
  readonly start: JsonObject;
  /** The neutral block; null for opaque ones, which get their index when they end. */
  readonly index: number | null;
  readonly isAnswer: boolean;
  /** Argument text of an opaque block. */
  readonly pieces: string[];
  hasArguments: boolean;
}

// A JSON answer in place of a stream is collected up to here.
const MAX_JSON_BYTES = 32 * 1024 * 1024;

/**
 * Reads the events of a streamed message. Blocks of server tools become opaque parts when they end and do not disturb
 * the indexes of the others; pings and events of a later API are passed over. Usage is cumulative: what
 * `message_delta` tells replaces what `message_start` told, and is given once, at the end (before an error too, so that
 * what was used until then is known). The stream is whole with `message_stop` alone.
 */
export function createStreamReader(): StreamReader {
  const blocks = new Map<number, OpenBlock>();
  const json: Uint8Array[] = [];
  let jsonBytes = 0;
  let nextIndex = 0;
  let usage: JsonObject | undefined;
  let finish: Finish | undefined;
  let hasToolCalls = false;
  let hasAnswer = false;
  let isStarted = false;
  let isOver = false;

  function push(event: SseEvent): readonly NeutralEvent[] {
    if (isOver) return [];
    if (event.data === null) {
      holdJson(event.raw);
      return [];
    }
    const data = event.data.trim();
    if (data === '' || data === '[DONE]') return [];
    const body = parseJson(data);
    if (!isObject(body)) return fail({ reason: 'malformed', message: 'An event of the stream is not a JSON object.' });
    return readEvent(body, asString(body.type) ?? event.event);
  }

  function readEvent(body: JsonObject, type: string): readonly NeutralEvent[] {
    switch (type) {
      case 'message_start': {
        const message = asObject(body.message);
        isStarted = true;
        if (isObject(message.usage)) usage = message.usage;
        return [{ kind: 'response-start', id: asString(message.id) ?? '', model: asString(message.model) ?? '' }];
      }
      case 'content_block_start':
        return startBlock(asNumber(body.index) ?? 0, asObject(body.content_block));
      case 'content_block_delta':
        return readDelta(asNumber(body.index) ?? 0, asObject(body.delta));
      case 'content_block_stop':
        return stopBlock(asNumber(body.index) ?? 0);
      case 'message_delta': {
        const delta = asObject(body.delta);
        if (isObject(body.usage)) usage = { ...usage, ...told(body.usage) };
        if (asString(delta.stop_reason) !== undefined) finish = finishOf(delta.stop_reason, delta.stop_sequence);
        return [];
      }
      case 'message_stop':
        return stop();
      case 'message':
        return readWhole(body);
      default:
        return type === 'error' || isObject(body.error) ? fail(readErrorObject(body)) : [];
    }
  }

  function startBlock(at: number, start: JsonObject): readonly NeutralEvent[] {
    const isAnswer = start.type === 'tool_use' && start.name === ANSWER_TOOL;
    const part = isAnswer ? ({ kind: 'text' } as const) : partStart(start);
    const index = part === null ? null : nextIndex++;
    const block: OpenBlock = { start, index, isAnswer, pieces: [], hasArguments: false };
    blocks.set(at, block);
    hasToolCalls ||= part?.kind === 'tool-call';
    hasAnswer ||= isAnswer;
    if (part === null || index === null) return [];
    const place = { choice: 0, index };
    const events: NeutralEvent[] = [{ kind: 'part-start', ...place, part }];
    // Some hosts send the first piece with the start.
    const text = asString(start.text) ?? asString(start.thinking);
    const signature = asString(start.signature);
    if (text && part.kind === 'text') events.push({ kind: 'text-delta', ...place, text });
    for (const citation of part.kind === 'text' ? readCitations(start.citations) : []) {
      events.push({ kind: 'citation', ...place, citation });
    }
    if (text && part.kind === 'reasoning') events.push({ kind: 'reasoning-delta', ...place, text });
    if (signature && part.kind === 'reasoning') events.push({ kind: 'reasoning-signature', ...place, signature });
    return events;
  }

  function readDelta(at: number, delta: JsonObject): readonly NeutralEvent[] {
    const block = blocks.get(at);
    if (block === undefined) return [];
    const { index } = block;
    const piece = asString(delta.partial_json);
    if (piece) {
      block.hasArguments = true;
      if (index === null) block.pieces.push(piece);
    }
    if (index === null) return [];
    const place = { choice: 0, index };
    switch (delta.type) {
      case 'text_delta':
        return [{ kind: 'text-delta', ...place, text: asString(delta.text) ?? '' }];
      case 'citations_delta': {
        const citation = readCitation(asObject(delta.citation));
        return citation === null ? [] : [{ kind: 'citation', ...place, citation }];
      }
      case 'thinking_delta':
        return [{ kind: 'reasoning-delta', ...place, text: asString(delta.thinking) ?? '' }];
      case 'signature_delta':
        return [{ kind: 'reasoning-signature', ...place, signature: asString(delta.signature) ?? '' }];
      case 'input_json_delta':
        return piece ? [argumentsEvent(block, index, piece)] : [];
      default:
        return [];
    }
  }

  function stopBlock(at: number): readonly NeutralEvent[] {
    const block = blocks.get(at);
    if (block === undefined) return [];
    blocks.delete(at);
    if (block.index === null) return wholePart(nextIndex++, block);
    const end: NeutralEvent = { kind: 'part-end', choice: 0, index: block.index };
    if (block.start.type !== 'tool_use' || block.hasArguments) return [end];
    // No deltas: the input stood in the start, or there is none.
    return [argumentsEvent(block, block.index, JSON.stringify(block.start.input ?? {})), end];
  }

  function closeBlocks(): NeutralEvent[] {
    return [...blocks.keys()].flatMap(stopBlock);
  }

  function stop(): readonly NeutralEvent[] {
    const events = closeBlocks();
    const ending = finish ?? { reason: 'other' };
    const isAnswered = ending.reason === 'tool-calls' && hasAnswer && !hasToolCalls;
    events.push({ kind: 'finish', choice: 0, finish: isAnswered ? ANSWERED : ending }, ...usageEvents());
    isOver = true;
    return [...events, { kind: 'response-end' }];
  }

  function usageEvents(): NeutralEvent[] {
    const counted = usageOf(usage);
    return counted === undefined ? [] : [{ kind: 'usage', usage: counted }];
  }

  function fail(error: StreamError): readonly NeutralEvent[] {
    isOver = true;
    return [...usageEvents(), { kind: 'error', error }];
  }

  /** A whole message where a stream was asked for. */
  function readWhole(body: unknown): readonly NeutralEvent[] {
    const response = readResponse(body);
    if (!('choices' in response)) return fail(response);
    isOver = true;
    return responseEvents(response);
  }

  function holdJson(raw: Uint8Array): void {
    if (isStarted || jsonBytes + raw.length > MAX_JSON_BYTES) return;
    json.push(raw);
    jsonBytes += raw.length;
  }

  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    const text = isStarted ? '' : decode(json).trim();
    const body = text.startsWith('{') ? parseJson(text) : undefined;
    if (isObject(body)) return readWhole(body);
    return fail({ reason: 'stream-error', message: 'The stream ended before its `message_stop` event.' });
  }

  return { push, end };
}

function argumentsEvent(block: OpenBlock, index: number, text: string): NeutralEvent {
  return block.isAnswer
    ? { kind: 'text-delta', choice: 0, index, text }
    : { kind: 'tool-arguments-delta', choice: 0, index, arguments: text };
}

/** Null for blocks that only this dialect knows, and for those that come whole. */
function partStart(block: JsonObject): Exclude<PartStart, { kind: 'whole' }> | null {
  switch (block.type) {
    case 'text':
      return { kind: 'text' };
    case 'thinking':
      return { kind: 'reasoning' };
    case 'tool_use':
      return compact<Extract<PartStart, { kind: 'tool-call' }>>({
        kind: 'tool-call',
        id: asString(block.id) ?? '',
        name: asString(block.name) ?? '',
        signature: asString(block.signature),
      });
    default:
      return null;
  }
}

function wholePart(index: number, block: OpenBlock): NeutralEvent[] {
  const { start, pieces } = block;
  const part: AssistantPart =
    start.type === 'redacted_thinking'
      ? { kind: 'reasoning', text: '', redacted: asString(start.data) ?? '' }
      : {
          kind: 'opaque',
          dialect: 'anthropic-messages',
          type: asString(start.type) ?? 'unknown',
          value: pieces.length === 0 ? start : { ...start, input: parseJson(pieces.join('')) ?? start.input },
        };
  return [
    { kind: 'part-start', choice: 0, index, part: { kind: 'whole', part } },
    { kind: 'part-end', choice: 0, index },
  ];
}

/** Counters that were not told again are null or absent; they do not count as zero. */
function told(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

function decode(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
}
