import {
  type AssistantPart,
  asArray,
  isObject,
  type JsonObject,
  type NeutralResponse,
  type StreamError,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { collectEvents } from '../collect-events.ts';
import type { CallerContext } from '../dialect.ts';
import { createChunkReader } from './chunk-reader.ts';
import { writeGrounding } from './citations.ts';
import { writeFinish } from './finish.ts';
import { writeLogprobs } from './logprobs.ts';
import { fieldOf } from './spelling.ts';
import { readUsageMetadata, writeUsageMetadata } from './usage.ts';
import { writeCallPart, writeWholePart } from './write-answer-part.ts';

/** Reads a whole answer: one GenerateContentResponse, or the array of chunks that a stream without `alt=sse` is. Pure. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  const collector = collectEvents();
  const reader = createChunkReader();
  for (const chunk of Array.isArray(body) ? body : [body]) {
    for (const event of reader.push(chunk)) collector.push(event);
  }
  for (const event of reader.end({ mustFinish: Array.isArray(body) })) collector.push(event);
  return collector.result();
}

/** Usage of an answer as it came; of an array, the last that told it. Pure. */
export function readUsage(body: JsonObject): Usage | undefined {
  const chunks = Array.isArray(body) ? asArray(body) : [body];
  let usage: Usage | undefined;
  for (const chunk of chunks) {
    if (isObject(chunk)) usage = readUsageMetadata(fieldOf(chunk, 'usageMetadata')) ?? usage;
  }
  return usage;
}

/** Writes a GenerateContentResponse that @google/genai and its siblings read. Pure. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  for (const what of response.unread ?? []) caller.lose?.(what);
  const candidates = response.choices.map((choice) => ({
    content: { parts: writeParts(choice.content, caller.lose), role: 'model' },
    finishReason: writeFinish(choice.finish),
    index: choice.index,
    ...writeFacts(choice.content, caller.lose),
  }));
  return {
    candidates,
    ...(response.usage === undefined ? {} : { usageMetadata: writeUsageMetadata(response.usage) }),
    modelVersion: response.model || caller.model,
    responseId: response.id || caller.requestId,
  };
}

/** What a candidate says of its text. */
function writeFacts(content: readonly AssistantPart[], lose: CallerContext['lose']): JsonObject {
  const texts = content.flatMap((part, index) => (part.kind === 'text' ? [{ index, part }] : []));
  const blocks = texts.map(({ index, part }) => ({ index, text: part.text }));
  const placed = texts.flatMap(({ index, part }) => (part.citations ?? []).map((citation) => ({ index, citation })));
  const groundingMetadata = writeGrounding(blocks, placed, lose);
  const tokens = texts.flatMap(({ part }) => part.logprobs ?? []);
  return { ...(groundingMetadata === undefined ? {} : { groundingMetadata }), ...writeLogprobs(tokens) };
}

/** A thought without words gives its signature to the part before it, as it came. */
function writeParts(content: readonly AssistantPart[], lose: CallerContext['lose']): readonly JsonObject[] {
  const parts: JsonObject[] = [];
  for (const part of content) {
    if (part.kind === 'tool-call') parts.push(writeCallPart(part));
    else if (part.kind === 'reasoning' && part.redacted === undefined) pushThought(parts, part.text, part.signature);
    else {
      const written = writeWholePart(part);
      if (written !== null) parts.push(written);
      else lose?.(nameOfPart(part));
    }
  }
  return parts;
}

function pushThought(parts: JsonObject[], text: string, signature: string | undefined): void {
  const signed = signature === undefined ? {} : { thoughtSignature: signature };
  if (text !== '') {
    parts.push({ text, thought: true, ...signed });
    return;
  }
  if (signature === undefined) return;
  const last = parts.at(-1);
  const isFree =
    last?.thought === undefined && last?.functionCall === undefined && last?.thoughtSignature === undefined;
  if (last !== undefined && isFree) parts[parts.length - 1] = { ...last, ...signed };
  else parts.push({ text: '', ...signed });
}
