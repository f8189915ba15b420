import {
  type Citation,
  type GatewayError,
  type JsonObject,
  type NeutralEvent,
  NO_USAGE,
  type PartStart,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { writeCitation } from './citations.ts';
import { writeError } from './errors.ts';
import { writeStop } from './finish.ts';
import { messageHead } from './response.ts';
import { writeUsage } from './usage.ts';
import { writeBlock } from './write-block.ts';

/** A block of the answer while it waits for its turn, or while it is the open one. */
interface Block {
  readonly start: JsonObject;
  readonly held: JsonObject[];
  isWritten: boolean;
  isEnded: boolean;
}

type Finish = Extract<NeutralEvent, { kind: 'finish' }>['finish'];

/**
 * Writes neutral events as this API's stream. Its clients allow one open block at a time, while other providers let
 * parallel tool calls interleave: the first open block is written as it comes, later ones are held until it ends, in
 * the order in which they began. Counts known only at the end travel in `message_delta`, which clients let replace
 * those of `message_start`. Only the first choice has a place.
 */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  const blocks = new Map<number, Block>();
  let isStarted = false;
  let openIndex: number | undefined;
  let written = 0;
  let hasToolCalls = false;
  let finish: Finish = { reason: 'other' };
  let usage: Usage = NO_USAGE;

  function push(event: NeutralEvent): string {
    if ('choice' in event && event.choice !== 0) {
      caller.lose?.(`choices[${event.choice}]`);
      return '';
    }
    switch (event.kind) {
      case 'response-start':
        return start(event.id, event.model);
      case 'part-start':
        return start('', '') + startBlock(event.index, event.part);
      case 'text-delta':
      case 'refusal-delta':
        if ('logprobs' in event) caller.lose?.('logprobs');
        // A token may be told without text: an empty piece would open a block of nothing.
        return event.text === '' ? '' : delta(event.index, { type: 'text_delta', text: event.text });
      case 'citation':
        return cite(event.index, event.citation);
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'reasoning-delta':
        return delta(event.index, { type: 'thinking_delta', thinking: event.text });
      case 'reasoning-signature':
        return delta(event.index, { type: 'signature_delta', signature: event.signature });
      case 'tool-arguments-delta':
        return delta(event.index, { type: 'input_json_delta', partial_json: event.arguments });
      case 'part-end':
        return endBlock(event.index);
      case 'finish':
        finish = event.finish;
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'response-end':
        return start('', '') + endAll() + stop();
      case 'error':
        return '';
    }
  }

  function start(id: string, model: string): string {
    if (isStarted) return '';
    isStarted = true;
    const message = {
      ...messageHead(id, model, caller),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: writeUsage(usage),
    };
    return frame('message_start', { message });
  }

  function startBlock(index: number, part: PartStart): string {
    const start = blockStart(part);
    if (start === null) {
      if (part.kind === 'whole') caller.lose?.(nameOfPart(part.part));
      return '';
    }
    hasToolCalls ||= start.type === 'tool_use';
    blocks.set(index, { start, held: [], isWritten: false, isEnded: false });
    return openIndex === undefined ? openNext() : '';
  }

  function delta(index: number, piece: JsonObject): string {
    const block = blocks.get(index);
    if (block === undefined) return '';
    block.held.push(piece);
    return index === openIndex ? release(block) : '';
  }

  /** A citation stands for its block: narrower words are cut out only where the answer is known whole. */
  function cite(index: number, citation: Citation): string {
    const written = writeCitation(citation);
    const isOpen = blocks.get(index) !== undefined;
    if (written === null) caller.lose?.(`citations (${citation.source.kind})`);
    else if (!isOpen) caller.lose?.('citations');
    else if (citation.start !== undefined) caller.lose?.('citations (range)');
    return written === null || !isOpen ? '' : delta(index, { type: 'citations_delta', citation: written });
  }

  function endBlock(index: number): string {
    const block = blocks.get(index);
    if (block === undefined) return '';
    block.isEnded = true;
    return index === openIndex ? close(index, block) + openNext() : '';
  }

  /** Writes what is held of the open block. A text block waits for its first piece: empty ones are refused later. */
  function release(block: Block): string {
    let text = '';
    if (!block.isWritten && (block.start.text !== '' || block.held.length > 0)) {
      block.isWritten = true;
      text = frame('content_block_start', { index: written, content_block: block.start });
    }
    for (const piece of block.held) text += frame('content_block_delta', { index: written, delta: piece });
    block.held.length = 0;
    return text;
  }

  function close(index: number, block: Block): string {
    blocks.delete(index);
    openIndex = undefined;
    if (!block.isWritten) return '';
    const text = frame('content_block_stop', { index: written });
    written += 1;
    return text;
  }

  /** Opens the next block that waits; blocks that have ended meanwhile are written whole. */
  function openNext(): string {
    let text = '';
    for (const [index, block] of blocks) {
      openIndex = index;
      text += release(block);
      if (!block.isEnded) return text;
      text += close(index, block);
    }
    return text;
  }

  function endAll(): string {
    for (const block of blocks.values()) block.isEnded = true;
    const open = openIndex === undefined ? undefined : blocks.get(openIndex);
    return (open === undefined || openIndex === undefined ? '' : close(openIndex, open)) + openNext();
  }

  function stop(): string {
    const delta = writeStop(finish, hasToolCalls);
    return frame('message_delta', { delta, usage: writeUsage(usage) }) + frame('message_stop', {});
  }

  function error(failure: GatewayError, requestId: string): string {
    return `event: error\ndata: ${JSON.stringify(writeError(failure, requestId))}\n\n`;
  }

  return { push, error };
}

function frame(type: string, fields: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function blockStart(part: PartStart): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool-call': {
      const signature = part.signature === undefined ? {} : { signature: part.signature };
      return { type: 'tool_use', id: part.id, name: part.name, input: {}, ...signature };
    }
    case 'whole':
      return writeBlock(part.part);
  }
}
