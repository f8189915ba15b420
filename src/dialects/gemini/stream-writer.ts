import type { Finish, GatewayError, JsonObject, NeutralEvent, PartStart, Usage } from '#core';
import { nameOfPart } from '../answer-losses.ts';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { type PlacedCitation, writeGrounding } from './citations.ts';
import { writeError } from './errors.ts';
import { writeFinish } from './finish.ts';
import { writeLogprobs } from './logprobs.ts';
import { writeUsageMetadata } from './usage.ts';
import { writeCallPart, writeWholePart } from './write-answer-part.ts';

interface Block {
  readonly start: PartStart;
  /** Of a tool call only: text goes out as it comes. */
  arguments: string;
  hasText: boolean;
}

/**
 * Creates the writer of a Gemini stream: SSE, or one JSON array for callers without `alt=sse`. A function call goes out
 * whole when its block ends. Finish reasons and usage stand in the last chunk, which comes with `response-end`. The array
 * is closed after an error too, since its readers see nothing before the last bracket; what says that the answer is
 * incomplete is the error and the missing `finishReason`.
 */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  const blocks = new Map<string, Block>();
  const finishes = new Map<number, Finish>();
  let head: JsonObject = { modelVersion: caller.model, responseId: caller.requestId };
  let usage: Usage | undefined;
  let hasWritten = false;
  /** The text by choice and block, and what it rests on: segments count its bytes, and stand in the last chunk. */
  const texts = new Map<number, Map<number, string[]>>();
  const citations = new Map<number, PlacedCitation[]>();

  function frame(value: JsonObject): string {
    const json = JSON.stringify(value);
    if (caller.framing === 'sse') return `data: ${json}\r\n\r\n`;
    const opening = hasWritten ? ',\r\n' : '[';
    hasWritten = true;
    return `${opening}${json}\n`;
  }

  function chunk(choice: number, part: JsonObject | null, facts: JsonObject = {}): string {
    if (part === null) return '';
    return frame({ candidates: [{ content: { parts: [part], role: 'model' }, index: choice, ...facts }], ...head });
  }

  function push(event: NeutralEvent): string {
    switch (event.kind) {
      case 'response-start':
        head = { modelVersion: event.model || caller.model, responseId: event.id || caller.requestId };
        return '';
      case 'part-start':
        blocks.set(keyOf(event), { start: event.part, arguments: '', hasText: false });
        return event.part.kind === 'whole' ? writeWhole(event.choice, event.part.part) : '';
      case 'text-delta':
        keepText(event);
        return event.text === '' && event.logprobs === undefined
          ? ''
          : chunk(event.choice, { text: event.text }, writeLogprobs(event.logprobs ?? []));
      case 'refusal-delta':
        return event.text === '' ? '' : chunk(event.choice, { text: event.text });
      case 'citation': {
        const known = citations.get(event.choice);
        if (known === undefined) citations.set(event.choice, [event]);
        else known.push(event);
        return '';
      }
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'reasoning-delta':
        return pushThought(event);
      case 'reasoning-signature':
        return pushSignature(event);
      case 'tool-arguments-delta': {
        const block = blocks.get(keyOf(event));
        if (block !== undefined) block.arguments += event.arguments;
        return '';
      }
      case 'part-end':
        return endBlock(event);
      case 'finish':
        finishes.set(event.choice, event.finish);
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'response-end':
        return lastChunk();
      case 'error':
        return '';
    }
  }

  function keepText({ choice, index, text }: Extract<NeutralEvent, { kind: 'text-delta' }>): void {
    const blocks = texts.get(choice) ?? new Map<number, string[]>();
    texts.set(choice, blocks);
    const pieces = blocks.get(index);
    if (pieces === undefined) blocks.set(index, [text]);
    else pieces.push(text);
  }

  function writeWhole(choice: number, part: Extract<PartStart, { kind: 'whole' }>['part']): string {
    const written = writeWholePart(part);
    if (written === null) caller.lose?.(nameOfPart(part));
    return chunk(choice, written);
  }

  function groundingOf(choice: number): JsonObject {
    const blocks = [...(texts.get(choice) ?? [])].map(([index, pieces]) => ({ index, text: pieces.join('') }));
    const groundingMetadata = writeGrounding(blocks, citations.get(choice) ?? [], caller.lose);
    return groundingMetadata === undefined ? {} : { groundingMetadata };
  }

  function pushThought(event: Extract<NeutralEvent, { kind: 'reasoning-delta' }>): string {
    if (event.text === '') return '';
    const block = blocks.get(keyOf(event));
    if (block !== undefined) block.hasText = true;
    return chunk(event.choice, { text: event.text, thought: true });
  }

  /** A thought without words is the signature of the text before it. */
  function pushSignature(event: Extract<NeutralEvent, { kind: 'reasoning-signature' }>): string {
    const isThought = blocks.get(keyOf(event))?.hasText === true;
    const mark = isThought ? { thought: true } : {};
    return chunk(event.choice, { text: '', ...mark, thoughtSignature: event.signature });
  }

  function endBlock(event: Extract<NeutralEvent, { kind: 'part-end' }>): string {
    const key = keyOf(event);
    const block = blocks.get(key);
    blocks.delete(key);
    if (block?.start.kind !== 'tool-call') return '';
    return chunk(event.choice, writeCallPart({ ...block.start, arguments: block.arguments }));
  }

  function lastChunk(): string {
    const candidates = [...finishes.entries()].map(([index, finish]) => ({
      content: { parts: [{ text: '' }], role: 'model' },
      finishReason: writeFinish(finish),
      index,
      ...groundingOf(index),
    }));
    const metadata = usage === undefined ? {} : { usageMetadata: writeUsageMetadata(usage) };
    return frame({ candidates, ...metadata, ...head }) + closing();
  }

  function closing(): string {
    return caller.framing === 'json-array' ? ']' : '';
  }

  function error(failure: GatewayError, requestId: string): string {
    return frame(writeError(failure, requestId)) + closing();
  }

  return { push, error };
}

function keyOf(event: { readonly choice: number; readonly index: number }): string {
  return `${event.choice}:${event.index}`;
}
