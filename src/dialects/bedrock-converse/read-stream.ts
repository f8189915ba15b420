import {
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralEvent,
  type PartStart,
  parseJson,
} from '#core';
import { nameOfType } from '../answer-losses.ts';
import { CORRUPT_FRAME, EXCEPTION } from '../aws-framer.ts';
import type { SseEvent, StreamReader } from '../dialect.ts';
import { readCitation } from './citations.ts';
import { readException } from './errors.ts';
import { readFinish } from './finish.ts';
import { readRedacted } from './redacted.ts';
import { readUsageField } from './usage.ts';

const choice = 0;
type Kind = 'text' | 'reasoning' | 'tool-call' | 'unknown';

/**
 * Reads the events of ConverseStream. Only calls are announced by a start; text and thoughts open with their first
 * delta. `messageStop` tells why, `metadata` behind it what was used, and ends the stream.
 */
export function createStreamReader(): StreamReader {
  /** Open blocks by the provider's number. */
  const open = new Map<number, { readonly index: number; readonly kind: Kind }>();
  let next = 0;
  let hasCalls = false;
  let isFinished = false;
  let isOver = false;

  function push(event: SseEvent): readonly NeutralEvent[] {
    if (isOver || event.data === null) return [];
    if (event.event === CORRUPT_FRAME) {
      return fail({ reason: 'malformed', code: 'frame', message: 'A frame of the stream is damaged.' });
    }
    const body = parseJson(event.data);
    if (event.event.startsWith(EXCEPTION)) return fail(readException(event.event.slice(EXCEPTION.length), body));
    if (!isObject(body)) return fail({ reason: 'malformed', message: 'An event of the stream is not a JSON object.' });
    const events: NeutralEvent[] = [];
    readEvent(event.event, body, events);
    return events;
  }

  function readEvent(type: string, body: JsonObject, events: NeutralEvent[]): void {
    const at = asNumber(body.contentBlockIndex) ?? 0;
    switch (type) {
      case 'messageStart':
        events.push({ kind: 'response-start', id: '', model: '' });
        return;
      case 'contentBlockStart':
        startBlock(at, asObject(body.start), events);
        return;
      case 'contentBlockDelta':
        addDelta(at, asObject(body.delta), events);
        return;
      case 'contentBlockStop':
        close(at, events);
        return;
      case 'messageStop':
        closeAll(events);
        isFinished = true;
        events.push({ kind: 'finish', choice, finish: readFinish(asString(body.stopReason), hasCalls) });
        return;
      case 'metadata': {
        const usage = readUsageField(body.usage);
        if (usage !== undefined) events.push({ kind: 'usage', usage });
        if (!isFinished) return;
        isOver = true;
        events.push({ kind: 'response-end' });
        return;
      }
      default:
        return;
    }
  }

  function startBlock(at: number, start: JsonObject, events: NeutralEvent[]): void {
    close(at, events);
    const call = asObject(start.toolUse);
    if (start.toolUse === undefined || call.type === 'server_tool_use') {
      // What the provider's own tools did, and blocks of a later version: their deltas are nobody's text.
      const [type] = Object.keys(start);
      if (type !== undefined) {
        open.set(at, { index: -1, kind: 'unknown' });
        events.push({ kind: 'unread', what: nameOfType(asString(call.type) ?? type) });
      }
      return;
    }
    hasCalls = true;
    begin(
      at,
      'tool-call',
      { kind: 'tool-call', id: asString(call.toolUseId) ?? '', name: asString(call.name) ?? '' },
      events,
    );
  }

  function begin(at: number, kind: Kind, part: PartStart, events: NeutralEvent[]): number {
    const index = next++;
    open.set(at, { index, kind });
    events.push({ kind: 'part-start', choice, index, part });
    return index;
  }

  /** The number of the open block of that kind; opens it where it is not. */
  function indexOf(at: number, kind: 'text' | 'reasoning', events: NeutralEvent[]): number {
    const block = open.get(at);
    if (block?.kind === kind) return block.index;
    close(at, events);
    return begin(at, kind, { kind }, events);
  }

  function addDelta(at: number, delta: JsonObject, events: NeutralEvent[]): void {
    const block = open.get(at);
    if (block?.kind === 'unknown') return;
    if (typeof delta.text === 'string') {
      events.push({ kind: 'text-delta', choice, index: indexOf(at, 'text', events), text: delta.text });
    } else if (isObject(delta.toolUse)) {
      const text = asString(delta.toolUse.input) ?? '';
      if (block?.kind === 'tool-call')
        events.push({ kind: 'tool-arguments-delta', choice, index: block.index, arguments: text });
    } else if (isObject(delta.citation)) {
      const citation = readCitation(delta.citation);
      events.push({ kind: 'citation', choice, index: indexOf(at, 'text', events), citation });
    } else if (isObject(delta.reasoningContent)) addThoughts(at, delta.reasoningContent, events);
  }

  function addThoughts(at: number, content: JsonObject, events: NeutralEvent[]): void {
    const redacted = asString(content.redactedContent);
    if (redacted !== undefined) {
      close(at, events);
      const part = { kind: 'reasoning' as const, text: '', redacted: readRedacted(redacted) };
      begin(at, 'reasoning', { kind: 'whole', part }, events);
      close(at, events);
      return;
    }
    const text = asString(content.text);
    const signature = asString(content.signature);
    if (text === undefined && !signature) return;
    const index = indexOf(at, 'reasoning', events);
    if (text !== undefined) events.push({ kind: 'reasoning-delta', choice, index, text });
    if (signature) events.push({ kind: 'reasoning-signature', choice, index, signature });
  }

  function close(at: number, events: NeutralEvent[]): void {
    const block = open.get(at);
    open.delete(at);
    if (block !== undefined && block.kind !== 'unknown') events.push({ kind: 'part-end', choice, index: block.index });
  }

  function closeAll(events: NeutralEvent[]): void {
    for (const at of [...open.keys()]) close(at, events);
  }

  function fail(error: Extract<NeutralEvent, { kind: 'error' }>['error']): readonly NeutralEvent[] {
    isOver = true;
    return [{ kind: 'error', error }];
  }

  /** A stream without `metadata` is whole once its reason to stop was told. */
  function end(): readonly NeutralEvent[] {
    if (isOver) return [];
    if (isFinished) {
      isOver = true;
      return [{ kind: 'response-end' }];
    }
    return fail({ reason: 'stream-error', code: 'incomplete', message: 'The stream ended before the answer did.' });
  }

  return { push, end };
}
