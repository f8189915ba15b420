import {
  type AssistantPart,
  asArray,
  asNumber,
  asObject,
  asString,
  type Citation,
  isObject,
  type JsonObject,
  type NeutralEvent,
  type PartStart,
  type TokenLogprob,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { readTokens } from '../openai-logprobs.ts';
import { readAnnotations } from './citations.ts';
import { readFinish } from './finish.ts';
import { readSignature } from './read-messages.ts';
import { readAssistantContent, readImages, readReasoning } from './read-parts.ts';
import { readArguments } from './response.ts';

/** Reads the deltas of one choice. */
export interface ChoiceReader {
  readonly push: (choice: JsonObject) => NeutralEvent[];
  readonly isFinished: () => boolean;
  readonly hasContent: () => boolean;
  /** Closes what is open and tells the finish; `sources` are those of the whole answer, where it names none of its own. */
  readonly end: (sources: readonly Citation[]) => NeutralEvent[];
}

interface OpenCall {
  readonly index: number;
  readonly id: string;
}

type Prose = 'text' | 'reasoning' | 'refusal';

/**
 * Creates the reader of one choice. Text, reasoning and refusal follow one another, so a new kind closes the block
 * before; tool calls may interleave and stay open until the end, each found again by the host's own index.
 */
export function createChoiceReader(choice: number): ChoiceReader {
  const events: NeutralEvent[] = [];
  const calls = new Map<number, OpenCall>();
  const openCalls: OpenCall[] = [];
  /** Calls whose name has not come yet: nothing can be opened without it. */
  const nameless = new Map<number, { id: string; pieces: string[] }>();
  let next = 0;
  let prose: { readonly kind: Prose; readonly index: number } | null = null;
  let finishWord: string | undefined;
  let hasRefusal = false;
  /** The first text block: what an answer says of its words counts from there. */
  let textIndex: number | null = null;
  const citations: Citation[] = [];

  function open(part: PartStart): number {
    const index = next++;
    events.push({ kind: 'part-start', choice, index, part });
    return index;
  }

  function closeProse(): void {
    if (prose !== null) events.push({ kind: 'part-end', choice, index: prose.index });
    prose = null;
  }

  function addProse(kind: Prose, text: string, logprobs?: readonly TokenLogprob[]): void {
    if (text === '' && logprobs === undefined) return;
    if (prose?.kind !== kind) {
      closeProse();
      prose = { kind, index: open({ kind }) };
      if (kind === 'text') textIndex ??= prose.index;
    }
    const told = kind === 'text' && logprobs !== undefined ? { logprobs } : {};
    events.push({ kind: `${kind}-delta`, choice, index: prose.index, text, ...told });
  }

  /** Signatures close their block; encrypted reasoning is a block of its own. */
  function addReasoning(delta: JsonObject): void {
    for (const part of readReasoning(delta)) {
      if (part.redacted !== undefined) {
        addWhole(part);
        continue;
      }
      addProse('reasoning', part.text);
      if (part.signature === undefined) continue;
      if (prose?.kind !== 'reasoning') {
        closeProse();
        prose = { kind: 'reasoning', index: open({ kind: 'reasoning' }) };
      }
      events.push({ kind: 'reasoning-signature', choice, index: prose.index, signature: part.signature });
      closeProse();
    }
  }

  function addWhole(part: AssistantPart): void {
    closeProse();
    const index = open({ kind: 'whole', part });
    events.push({ kind: 'part-end', choice, index });
  }

  function addContent(content: unknown, logprobs: readonly TokenLogprob[] | undefined): void {
    if (typeof content === 'string') addProse('text', content, logprobs);
    else if (logprobs !== undefined) unread('logprobs');
    for (const part of readAssistantContent(asArray(content))) {
      if (part.kind === 'text' || part.kind === 'reasoning' || part.kind === 'refusal') addProse(part.kind, part.text);
      else unread(nameOfPart(part));
    }
  }

  function unread(what: string): void {
    events.push({ kind: 'unread', what });
  }

  function addCall(call: JsonObject, position: number): void {
    const callee = asObject(call.function);
    const key = asNumber(call.index) ?? position;
    const id = asString(call.id) ?? '';
    const name = asString(callee.name) ?? '';
    const text = readArguments(callee.arguments);
    const known = calls.get(key);
    // Hosts that number every parallel call 0 tell them apart by a new id together with a name.
    if (known !== undefined && (name === '' || id === '' || id === known.id)) {
      addArguments(known, text);
      return;
    }
    const waiting = nameless.get(key) ?? { id: '', pieces: [] };
    if (name === '') {
      nameless.set(key, { id: waiting.id || id, pieces: [...waiting.pieces, text] });
      return;
    }
    nameless.delete(key);
    closeProse();
    const callId = waiting.id || id || `call_${choice}_${next}`;
    const signature = readSignature(call);
    const opened = {
      index: open({ kind: 'tool-call', id: callId, name, ...(signature === undefined ? {} : { signature }) }),
      id: callId,
    };
    calls.set(key, opened);
    openCalls.push(opened);
    addArguments(opened, waiting.pieces.join('') + text);
  }

  function addArguments(call: OpenCall, text: string): void {
    if (text !== '') events.push({ kind: 'tool-arguments-delta', choice, index: call.index, arguments: text });
  }

  function push(chunk: JsonObject): NeutralEvent[] {
    // Hosts that only imitate streaming put a whole message where the delta belongs.
    const delta = isObject(chunk.delta) ? chunk.delta : asObject(chunk.message);
    addReasoning(delta);
    const logprobs = asObject(chunk.logprobs);
    if (asArray(logprobs.refusal).length > 0) unread('logprobs (refusal)');
    const tokens = readTokens(logprobs.content);
    addContent(delta.content ?? asObject(delta.audio).transcript ?? (tokens === undefined ? undefined : ''), tokens);
    if (asString(asObject(delta.audio).data)) unread('audio');
    citations.push(...readAnnotations(delta.annotations, unread));
    for (const image of readImages(delta)) addWhole(image);
    const refusal = asString(delta.refusal) ?? '';
    if (refusal !== '') hasRefusal = true;
    addProse('refusal', refusal);
    for (const [position, call] of asArray(delta.tool_calls).map(asObject).entries()) addCall(call, position);
    if (isObject(delta.function_call)) addCall({ function: delta.function_call }, -1);
    finishWord = asString(chunk.finish_reason) || finishWord;
    return events.splice(0);
  }

  function cite(sources: readonly Citation[]): void {
    const told = citations.length > 0 ? citations : sources;
    if (told.length > 0 && textIndex === null) unread('citations');
    if (textIndex === null) return;
    for (const citation of told) events.push({ kind: 'citation', choice, index: textIndex, citation });
  }

  function end(sources: readonly Citation[]): NeutralEvent[] {
    cite(sources);
    closeProse();
    for (const call of openCalls) events.push({ kind: 'part-end', choice, index: call.index });
    const finish = readFinish(finishWord, { hasToolCalls: openCalls.length > 0, hasRefusal });
    events.push({ kind: 'finish', choice, finish });
    return events.splice(0);
  }

  return { push, end, isFinished: () => finishWord !== undefined, hasContent: () => next > 0 };
}
