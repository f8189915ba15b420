import {
  type AssistantPart,
  asNumber,
  asObject,
  asString,
  type JsonObject,
  type NeutralEvent,
  type PartStart,
  type TextPart,
  type TokenLogprob,
} from '#core';
import { readTokens } from '../openai-logprobs.ts';
import { readAnnotation } from './citations.ts';
import { readOutputItem, readReasoningItem } from './output-items.ts';

/** Reads the events of one output item. */
export interface ItemReader {
  readonly push: (type: string, event: JsonObject) => NeutralEvent[];
  /** Closes what is open. */
  readonly end: () => NeutralEvent[];
  /** What the item turned out to hold, for the finish reason. */
  readonly kinds: () => readonly Pick<AssistantPart, 'kind'>[];
}

/** Creates the reader of an item that `output_item.added` announced; `nextIndex` numbers the blocks of the answer. */
export function createItemReader(added: JsonObject, nextIndex: () => number): ItemReader {
  switch (added.type) {
    case 'message':
    case undefined:
      return createMessageReader(nextIndex);
    case 'reasoning':
      return createReasoningReader(added, nextIndex);
    case 'function_call':
      return createCallReader(added, nextIndex);
    default:
      return createWholeReader(added, nextIndex);
  }
}

const choice = 0;

function closed(index: number): NeutralEvent {
  return { kind: 'part-end', choice, index };
}

/** A message: each of its parts is a block. */
function createMessageReader(nextIndex: () => number): ItemReader {
  const blocks = new Map<number, { readonly index: number; readonly kind: 'text' | 'refusal'; hasText: boolean }>();
  const open = new Set<number>();

  function blockOf(at: number, kind: 'text' | 'refusal', events: NeutralEvent[]) {
    let block = blocks.get(at);
    if (block === undefined) {
      block = { index: nextIndex(), kind, hasText: false };
      blocks.set(at, block);
      open.add(at);
      events.push({ kind: 'part-start', choice, index: block.index, part: { kind } });
    }
    return block;
  }

  function add(
    at: number,
    kind: 'text' | 'refusal',
    text: string,
    events: NeutralEvent[],
    logprobs?: readonly TokenLogprob[],
  ): void {
    if (text === '' && logprobs === undefined) return;
    const block = blockOf(at, kind, events);
    block.hasText = true;
    const told = block.kind === 'text' && logprobs !== undefined ? { logprobs } : {};
    events.push({ kind: `${block.kind}-delta`, choice, index: block.index, text, ...told });
  }

  function cite(at: number, citations: TextPart['citations'], events: NeutralEvent[]): void {
    const block = blocks.get(at);
    for (const citation of citations ?? []) {
      if (block === undefined) events.push({ kind: 'unread', what: 'citations' });
      else events.push({ kind: 'citation', choice, index: block.index, citation });
    }
  }

  function finish(at: number, events: NeutralEvent[]): void {
    const block = blocks.get(at);
    if (block !== undefined && open.delete(at)) events.push(closed(block.index));
  }

  function push(type: string, event: JsonObject): NeutralEvent[] {
    const events: NeutralEvent[] = [];
    const at = asNumber(event.content_index) ?? 0;
    if (type === 'response.output_text.delta') {
      add(at, 'text', asString(event.delta) ?? '', events, readTokens(event.logprobs));
    } else if (type === 'response.output_text.annotation.added') {
      const citation = readAnnotation(asObject(event.annotation));
      cite(at, citation === null ? [] : [citation], events);
    } else if (type === 'response.refusal.delta') add(at, 'refusal', asString(event.delta) ?? '', events);
    else if (type === 'response.content_part.done') finish(at, events);
    else if (type === 'response.output_item.done') {
      // Told by no delta: a host that only imitates streaming.
      const untold = blocks.size > 0 ? [] : readOutputItem(asObject(event.item));
      for (const [index, part] of untold.entries()) {
        if (part.kind === 'text' || part.kind === 'refusal') add(index, part.kind, part.text, events);
        if (part.kind === 'text') cite(index, part.citations, events);
      }
      events.push(...end());
    }
    return events;
  }

  function end(): NeutralEvent[] {
    const events: NeutralEvent[] = [];
    for (const at of [...open]) finish(at, events);
    return events;
  }

  return { push, end, kinds: () => [...blocks.values()] };
}

/** Reasoning: one block. Hosts tell it in full or in summary, some in both; what comes first is kept. */
function createReasoningReader(added: JsonObject, nextIndex: () => number): ItemReader {
  const id = asString(added.id) || undefined;
  let index: number | null = null;
  let source: string | null = null;
  let part = 0;
  let isOver = false;

  function start(events: NeutralEvent[]): number {
    if (index === null) {
      index = nextIndex();
      const block: PartStart = id === undefined ? { kind: 'reasoning' } : { kind: 'reasoning', id };
      events.push({ kind: 'part-start', choice, index, part: block });
    }
    return index;
  }

  function add(from: string, at: number, text: string, events: NeutralEvent[]): void {
    if (text === '' || (source !== null && source !== from)) return;
    source = from;
    const block = start(events);
    const between = from === 'summary' && at > part ? '\n\n' : '';
    part = at;
    events.push({ kind: 'reasoning-delta', choice, index: block, text: between + text });
  }

  function push(type: string, event: JsonObject): NeutralEvent[] {
    const events: NeutralEvent[] = [];
    const text = asString(event.delta) ?? '';
    if (type === 'response.reasoning_text.delta') add('text', asNumber(event.content_index) ?? 0, text, events);
    else if (type === 'response.reasoning_summary_text.delta') {
      add('summary', asNumber(event.summary_index) ?? 0, text, events);
    } else if (type === 'response.output_item.done') finish(asObject(event.item), events);
    return events;
  }

  function finish(item: JsonObject, events: NeutralEvent[]): void {
    if (isOver) return;
    isOver = true;
    const read = readReasoningItem(item);
    if (source === null && read.redacted !== undefined) {
      const whole = nextIndex();
      events.push({ kind: 'part-start', choice, index: whole, part: { kind: 'whole', part: read } }, closed(whole));
      return;
    }
    const block = start(events);
    if (source === null && read.text !== '')
      events.push({ kind: 'reasoning-delta', choice, index: block, text: read.text });
    const signature = read.signature ?? read.redacted;
    if (signature !== undefined) events.push({ kind: 'reasoning-signature', choice, index: block, signature });
    events.push(closed(block));
  }

  function end(): NeutralEvent[] {
    if (isOver || index === null) return [];
    isOver = true;
    return [closed(index)];
  }

  return { push, end, kinds: () => [{ kind: 'reasoning' }] };
}

function createCallReader(added: JsonObject, nextIndex: () => number): ItemReader {
  let index: number | null = null;
  let hasArguments = false;
  let isOver = false;

  function start(item: JsonObject, events: NeutralEvent[]): number {
    if (index !== null) return index;
    index = nextIndex();
    const [call] = readOutputItem({ ...added, ...item, type: 'function_call' });
    if (call?.kind === 'tool-call') {
      const { id, name } = call;
      events.push({ kind: 'part-start', choice, index, part: { kind: 'tool-call', id, name } });
    }
    return index;
  }

  function add(text: unknown, events: NeutralEvent[]): void {
    if (typeof text !== 'string' || text === '') return;
    hasArguments = true;
    events.push({ kind: 'tool-arguments-delta', choice, index: start({}, events), arguments: text });
  }

  function push(type: string, event: JsonObject): NeutralEvent[] {
    const events: NeutralEvent[] = [];
    if (type === 'response.output_item.added') start({}, events);
    else if (type === 'response.function_call_arguments.delta') add(event.delta, events);
    else if (type === 'response.function_call_arguments.done' && !hasArguments) add(event.arguments, events);
    else if (type === 'response.output_item.done' && !isOver) {
      const item = asObject(event.item);
      start(item, events);
      if (!hasArguments) add(item.arguments, events);
      events.push(...end());
    }
    return events;
  }

  function end(): NeutralEvent[] {
    if (isOver || index === null) return [];
    isOver = true;
    return [closed(index)];
  }

  return { push, end, kinds: () => [{ kind: 'tool-call' }] };
}

/** An item that only this API knows: told when it is done. */
function createWholeReader(added: JsonObject, nextIndex: () => number): ItemReader {
  let isOver = false;

  function push(type: string, event: JsonObject): NeutralEvent[] {
    if (type !== 'response.output_item.done' || isOver) return [];
    isOver = true;
    const [part] = readOutputItem({ ...added, ...asObject(event.item) });
    if (part === undefined) return [];
    const index = nextIndex();
    return [{ kind: 'part-start', choice, index, part: { kind: 'whole', part } }, closed(index)];
  }

  return { push, end: () => [], kinds: () => [{ kind: 'opaque' }] };
}
