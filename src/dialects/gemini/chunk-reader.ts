import {
  type AssistantPart,
  asArray,
  asNumber,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralEvent,
  type PartStart,
  type StreamError,
  type TokenLogprob,
  type Usage,
} from '#core';
import { compact } from '../compact.ts';
import { type CitedBlock, readGrounding, unreadGrounding } from './citations.ts';
import { readInnerError } from './errors.ts';
import { finishWord, readFinish } from './finish.ts';
import { readLogprobs } from './logprobs.ts';
import { createPartialCall, isPartial, type PartialCall } from './partial-call.ts';
import { readAnswerPart } from './read-answer-part.ts';
import { fieldOf } from './spelling.ts';
import { readUsageMetadata } from './usage.ts';

/** Turns GenerateContentResponse chunks into neutral events; a whole answer is one chunk. */
export interface ChunkReader {
  readonly push: (chunk: unknown) => readonly NeutralEvent[];
  readonly fail: (message: string) => readonly NeutralEvent[];
  /** `mustFinish`: a candidate without `finishReason` means that the stream was cut. */
  readonly end: (options: { readonly mustFinish: boolean }) => readonly NeutralEvent[];
}

interface CandidateState {
  nextIndex: number;
  open: { readonly index: number; readonly kind: 'text' | 'reasoning' } | null;
  hasCalls: boolean;
  finish: string | undefined;
  /** The text so far by block, for segments, which count its bytes; null once it is too long to be kept. */
  texts: { readonly index: number; readonly pieces: string[] }[] | null;
  length: number;
  /** The last that told what the text rests on: its chunk comes before the end of the stream, or in it. */
  grounded: JsonObject | null;
  /** The blocks whose sources have been told. */
  readonly told: Set<number>;
  /** The signature of the open text: it closes the text, so it waits for what else the text rests on. */
  heldSignature: string | null;
  partial: PartialCall | null;
  tokens: readonly TokenLogprob[] | undefined;
}

/** What is kept of a candidate's text. */
const MAX_TEXT = 1024 * 1024;

/**
 * Creates a reader. Finish and usage come at the end, whichever chunk brought them: older models repeat `finishReason`
 * in every chunk, and usage counts all so far, so that the last to come replaces the others. A function call arrives whole; calls
 * without an id get `call_<responseId>_<n>`, so that two answers of one conversation never share one.
 */
export function createChunkReader(): ChunkReader {
  const candidates = new Map<number, CandidateState>();
  let usage: Usage | undefined;
  let blockReason: string | undefined;
  let responseId = '';
  let callCount = 0;
  let state: 'new' | 'begun' | 'done' = 'new';
  let events: NeutralEvent[] = [];

  function take(): readonly NeutralEvent[] {
    const taken = events;
    events = [];
    return taken;
  }

  function stop(error: StreamError): readonly NeutralEvent[] {
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    state = 'done';
    events.push({ kind: 'error', error });
    return take();
  }

  function fail(message: string): readonly NeutralEvent[] {
    return state === 'done' ? [] : stop({ reason: 'malformed', message });
  }

  function push(chunk: unknown): readonly NeutralEvent[] {
    if (state === 'done') return [];
    if (!isObject(chunk)) return fail('a chunk is not a JSON object');
    const error = readInnerError(chunk);
    if (error !== null) return stop(error);
    begin(chunk);
    usage = readUsageMetadata(fieldOf(chunk, 'usageMetadata')) ?? usage;
    blockReason ??= asString(fieldOf(asObject(fieldOf(chunk, 'promptFeedback')), 'blockReason'));
    for (const candidate of asArray(chunk.candidates)) if (isObject(candidate)) readCandidate(candidate);
    return take();
  }

  function begin(chunk: JsonObject): void {
    if (state !== 'new') return;
    state = 'begun';
    responseId = asString(fieldOf(chunk, 'responseId')) ?? '';
    const createdMs = Date.parse(asString(fieldOf(chunk, 'createTime')) ?? '');
    events.push(
      compact<NeutralEvent & { kind: 'response-start' }>({
        kind: 'response-start',
        id: responseId,
        model: asString(fieldOf(chunk, 'modelVersion')) ?? '',
        createdAt: Number.isNaN(createdMs) ? undefined : Math.floor(createdMs / 1000),
      }),
    );
  }

  function readCandidate(candidate: JsonObject): void {
    const choice = asNumber(candidate.index) ?? 0;
    let entry = candidates.get(choice);
    if (entry === undefined) {
      entry = {
        nextIndex: 0,
        open: null,
        hasCalls: false,
        finish: undefined,
        texts: [],
        length: 0,
        grounded: null,
        told: new Set(),
        heldSignature: null,
        partial: null,
        tokens: undefined,
      };
      candidates.set(choice, entry);
    }
    entry.tokens = readLogprobs(candidate);
    if (fieldOf(candidate, 'groundingMetadata') !== undefined || fieldOf(candidate, 'citationMetadata') !== undefined) {
      entry.grounded = candidate;
    }
    const parts = asObject(candidate.content).parts;
    for (const part of Array.isArray(parts) ? parts : [parts]) if (isObject(part)) readPart(choice, entry, part);
    if (entry.tokens !== undefined) events.push({ kind: 'unread', what: 'logprobs' });
    for (const what of unreadGrounding(candidate)) events.push({ kind: 'unread', what });
    entry.finish = finishWord(fieldOf(candidate, 'finishReason')) ?? entry.finish;
  }

  function readPart(choice: number, entry: CandidateState, part: JsonObject): void {
    const text = asString(part.text);
    const signature = asString(fieldOf(part, 'thoughtSignature'));
    if (text === '' && signature === undefined) return;
    releaseSignature(choice, entry);
    const call = fieldOf(part, 'functionCall');
    if (isObject(call) && (entry.partial !== null || isPartial(call))) {
      pushPartial(choice, entry, call, signature);
      return;
    }
    endPartial(choice, entry);
    if (text === undefined) {
      const whole = readAnswerPart(part, signature, nextCallId);
      if (whole !== null) pushWhole(choice, entry, whole, signature);
      // Some models send the signature of a hidden thought alone.
      else if (signature !== undefined) pushSignature(choice, entry, signature, 'text');
      return;
    }
    const kind = part.thought === true ? 'reasoning' : 'text';
    if (text !== '') {
      const index = openBlock(choice, entry, kind);
      if (kind === 'reasoning') events.push({ kind: 'reasoning-delta', choice, index, text });
      else pushText(choice, entry, index, text);
    }
    if (signature === undefined) return;
    if (kind === 'text' && entry.open?.kind === 'text') entry.heldSignature = signature;
    else pushSignature(choice, entry, signature, kind);
  }

  function releaseSignature(choice: number, entry: CandidateState): void {
    const signature = entry.heldSignature;
    entry.heldSignature = null;
    if (signature !== null) pushSignature(choice, entry, signature, 'text');
  }

  /** Pieces of a call are kept until it is whole: their order need not be that of its JSON. */
  function pushPartial(choice: number, entry: CandidateState, call: JsonObject, signature: string | undefined): void {
    entry.partial ??= createPartialCall(call);
    if (!entry.partial.add(call, signature)) {
      endPartial(choice, entry);
      readPart(choice, entry, {
        functionCall: call,
        ...(signature === undefined ? {} : { thoughtSignature: signature }),
      });
      return;
    }
    if (fieldOf(call, 'willContinue') !== true) endPartial(choice, entry);
  }

  function endPartial(choice: number, entry: CandidateState): void {
    const { partial } = entry;
    if (partial === null) return;
    entry.partial = null;
    const signature = partial.signature();
    const part = compact<AssistantPart & { kind: 'tool-call' }>({
      kind: 'tool-call',
      id: partial.id === undefined || partial.id === '' ? nextCallId() : partial.id,
      name: partial.name,
      arguments: partial.arguments(),
      signature,
    });
    pushWhole(choice, entry, part, signature);
  }

  /** The probabilities of a chunk's tokens go with its first text. */
  function pushText(choice: number, entry: CandidateState, index: number, text: string): void {
    const logprobs = entry.tokens;
    entry.tokens = undefined;
    events.push({ kind: 'text-delta', choice, index, text, ...(logprobs === undefined ? {} : { logprobs }) });
    entry.length += text.length;
    if (entry.texts === null || entry.length > MAX_TEXT) {
      entry.texts = null;
      return;
    }
    const last = entry.texts.at(-1);
    if (last?.index === index) last.pieces.push(text);
    else entry.texts.push({ index, pieces: [text] });
  }

  /** What the text rests on, told while its block is open: at the end, or where something else follows the text. */
  function pushGrounding(choice: number, { grounded, texts, told }: CandidateState, only?: number): void {
    if (grounded === null) return;
    const blocks: CitedBlock[] = (texts ?? []).map(({ index, pieces }) => ({ index, text: pieces.join('') }));
    if (blocks.length === 0 && only === undefined) events.push({ kind: 'unread', what: 'citations' });
    for (const { index, citation } of readGrounding(grounded, blocks)) {
      if (told.has(index) || (only !== undefined && index !== only)) continue;
      events.push({ kind: 'citation', choice, index, citation });
    }
    if (only !== undefined) told.add(only);
  }

  /** A signature closes the thought that it signs; on text it stands as a thought without words behind the text. */
  function pushSignature(choice: number, entry: CandidateState, signature: string, kind: 'text' | 'reasoning'): void {
    if (kind === 'text') closeBlock(choice, entry);
    const index = openBlock(choice, entry, 'reasoning');
    events.push({ kind: 'reasoning-signature', choice, index, signature });
    closeBlock(choice, entry);
  }

  function pushWhole(choice: number, entry: CandidateState, part: AssistantPart, signature: string | undefined): void {
    closeBlock(choice, entry);
    const index = entry.nextIndex++;
    if (part.kind === 'tool-call') {
      entry.hasCalls = true;
      const { arguments: args, ...start } = part;
      events.push({ kind: 'part-start', choice, index, part: start });
      events.push({ kind: 'tool-arguments-delta', choice, index, arguments: args });
    } else events.push({ kind: 'part-start', choice, index, part: { kind: 'whole', part } });
    events.push({ kind: 'part-end', choice, index });
    const isMedia = part.kind === 'image' || part.kind === 'audio';
    if (isMedia && signature !== undefined) pushSignature(choice, entry, signature, 'text');
  }

  function openBlock(choice: number, entry: CandidateState, kind: 'text' | 'reasoning'): number {
    if (entry.open?.kind === kind) return entry.open.index;
    closeBlock(choice, entry);
    const index = entry.nextIndex++;
    const part: PartStart = { kind };
    entry.open = { index, kind };
    events.push({ kind: 'part-start', choice, index, part });
    return index;
  }

  function closeBlock(choice: number, entry: CandidateState): void {
    if (entry.open === null) return;
    if (entry.open.kind === 'text') pushGrounding(choice, entry, entry.open.index);
    events.push({ kind: 'part-end', choice, index: entry.open.index });
    entry.open = null;
  }

  /** Providers check ids: letters, digits, `_` and `-`, and at most 40 characters at the strictest (OpenAI). */
  function nextCallId(): string {
    const prefix = responseId.replaceAll(/[^A-Za-z0-9_-]/g, '').slice(0, 28);
    const number = callCount++;
    return prefix === '' ? `call_${number}` : `call_${prefix}_${number}`;
  }

  function end(options: { readonly mustFinish: boolean }): readonly NeutralEvent[] {
    if (state === 'done') return [];
    if (state === 'new') return stop({ reason: 'malformed', message: 'the answer is empty' });
    if (candidates.size === 0 && blockReason === undefined) {
      return stop({ reason: 'malformed', message: 'the answer has no candidates' });
    }
    for (const [choice, entry] of candidates) {
      endPartial(choice, entry);
      pushGrounding(choice, entry);
      for (const { index } of entry.texts ?? []) entry.told.add(index);
      releaseSignature(choice, entry);
      closeBlock(choice, entry);
    }
    const isCut = options.mustFinish && [...candidates.values()].some((entry) => entry.finish === undefined);
    if (isCut && blockReason === undefined) {
      return stop({ reason: 'stream-error', message: 'the stream ended before its finishReason' });
    }
    pushFinishes();
    if (usage !== undefined) events.push({ kind: 'usage', usage });
    events.push({ kind: 'response-end' });
    state = 'done';
    return take();
  }

  function pushFinishes(): void {
    for (const [choice, entry] of candidates) {
      const word = entry.finish ?? blockReason;
      const finish =
        entry.finish === undefined && blockReason !== undefined
          ? blocked(blockReason)
          : word === undefined
            ? { reason: entry.hasCalls ? ('tool-calls' as const) : ('other' as const) }
            : readFinish(word, entry.hasCalls);
      events.push({ kind: 'finish', choice, finish });
    }
    if (candidates.size === 0 && blockReason !== undefined) {
      events.push({ kind: 'finish', choice: 0, finish: blocked(blockReason) });
    }
  }

  return { push, fail, end };
}

function blocked(raw: string): { readonly reason: 'content-filter'; readonly raw: string } {
  return { reason: 'content-filter', raw };
}
