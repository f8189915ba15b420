import {
  type AssistantPart,
  asArray,
  asNumber,
  asObject,
  asString,
  type Choice,
  type Citation,
  isObject,
  type JsonObject,
  type NeutralResponse,
  omit,
  type StreamError,
  type TextPart,
  type TokenLogprob,
  type ToolCallPart,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { characterCount, rangeOf } from '../cited-text.ts';
import { compact } from '../compact.ts';
import { formatDataUrl } from '../data-url.ts';
import type { CallerContext } from '../dialect.ts';
import { readErrorValue } from '../openai-errors.ts';
import { readTokens, writeTokens } from '../openai-logprobs.ts';
import { readUsageField, writeUsageField } from '../openai-usage.ts';
import { nameBeside, readAnnotations, readSources, writeAnnotation } from './citations.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readSignature } from './read-messages.ts';
import { readAssistantContent, readImages, readReasoning } from './read-parts.ts';
import { writeReasoning, writeToolCall } from './write-messages.ts';

const KNOWN: ReadonlySet<string> = new Set(['id', 'object', 'created', 'model', 'choices', 'usage']);

/** Reads a whole chat completion. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if ((body.error ?? null) !== null) return readErrorValue(body.error);
  if (!Array.isArray(body.choices)) return malformed('the answer has no choices');
  if (body.choices.length === 0) return malformed('the answer has an empty list of choices');
  const unread = new Set<string>();
  const name = (what: string) => unread.add(what);
  nameBeside(body, name);
  const sources = readSources(body);
  return compact<NeutralResponse>({
    id: asString(body.id) ?? '',
    model: asString(body.model) ?? '',
    createdAt: asNumber(body.created),
    choices: body.choices.map((choice, at) => readChoice(asObject(choice), at, sources, name)),
    usage: readUsageField(body.usage),
    unread: unread.size === 0 ? undefined : [...unread],
    extra: omit(body, KNOWN),
  });
}

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a chat completion, but ${finding}.` };
}

/** The usage of a whole chat completion or of one chunk. */
export function readUsage(body: JsonObject): Usage | undefined {
  return readUsageField(body.usage) ?? readUsageField(asObject(body.x_groq).usage);
}

function readChoice(
  choice: JsonObject,
  at: number,
  sources: readonly Citation[],
  unread: (what: string) => void,
): Choice {
  const message = asObject(choice.message);
  const logprobs = asObject(choice.logprobs);
  if (asArray(logprobs.refusal).length > 0) unread('logprobs (refusal)');
  const annotations = readAnnotations(message.annotations, unread);
  const content = withFacts(
    readMessage(message),
    annotations.length > 0 ? annotations : sources,
    readTokens(logprobs.content),
    unread,
  );
  return {
    index: asNumber(choice.index) ?? at,
    content,
    finish: readFinish(asString(choice.finish_reason), {
      hasToolCalls: content.some((part) => part.kind === 'tool-call'),
      hasRefusal: content.some((part) => part.kind === 'refusal'),
    }),
  };
}

/** What an answer says of its words stands with its first text. */
function withFacts(
  content: readonly AssistantPart[],
  citations: readonly Citation[],
  logprobs: readonly TokenLogprob[] | undefined,
  unread: (what: string) => void,
): readonly AssistantPart[] {
  if (citations.length === 0 && logprobs === undefined) return content;
  const at = content.findIndex((part) => part.kind === 'text');
  const text = content[at];
  if (text?.kind !== 'text') {
    if (citations.length > 0) unread('citations');
    if (logprobs !== undefined) unread('logprobs');
    return content;
  }
  const told = compact<TextPart>({ ...text, citations: citations.length > 0 ? citations : undefined, logprobs });
  return content.map((part, index) => (index === at ? told : part));
}

function readMessage(message: JsonObject): AssistantPart[] {
  const parts: AssistantPart[] = [...readReasoning(message)];
  const audio = asObject(message.audio);
  const text = asString(message.content) || asString(audio.transcript);
  if (text) parts.push({ kind: 'text', text });
  else parts.push(...readAssistantContent(asArray(message.content)));
  const refusal = asString(message.refusal);
  if (refusal) parts.push({ kind: 'refusal', text: refusal });
  parts.push(...readImages(message));
  if (asString(audio.data)) parts.push({ kind: 'opaque', dialect: 'openai-chat', type: 'audio', value: audio });
  for (const [index, call] of asArray(message.tool_calls).map(asObject).entries()) {
    parts.push(readToolCall(call, index));
  }
  if (isObject(message.function_call)) parts.push(readToolCall({ function: message.function_call }, 0));
  return parts;
}

/** Hosts that give no id get one that is unique within the answer, since every other dialect needs it. */
function readToolCall(call: JsonObject, index: number): AssistantPart {
  if (call.type === 'custom') return { kind: 'opaque', dialect: 'openai-chat', type: 'custom', value: call };
  const callee = asObject(call.function);
  return compact<ToolCallPart>({
    kind: 'tool-call',
    id: asString(call.id) || `call_${index}`,
    name: asString(callee.name) ?? '',
    arguments: readArguments(callee.arguments),
    signature: readSignature(call),
  });
}

/** Some hosts send the arguments as an object instead of its text. */
export function readArguments(value: unknown): string {
  return typeof value === 'string' ? value : isObject(value) ? JSON.stringify(value) : '';
}

/** Writes a whole chat completion; the model is the one that answered. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  for (const what of response.unread ?? []) caller.lose?.(what);
  return compact<JsonObject>({
    id: response.id || caller.requestId,
    object: 'chat.completion',
    created: response.createdAt ?? caller.createdAt,
    model: response.model || caller.model,
    choices: response.choices.map((choice) => writeChoice(choice, caller)),
    usage: response.usage === undefined ? undefined : writeUsageField(response.usage),
  });
}

function writeChoice({ index, content, finish }: Choice, caller: CallerContext): JsonObject {
  const legacy = caller.legacyFunctions === true;
  const text = content.flatMap((part) => (part.kind === 'text' ? part.text : []));
  const refusals = content.flatMap((part) => (part.kind === 'refusal' ? part.text : []));
  const calls = content.filter((part) => part.kind === 'tool-call' || ownPart('custom')(part).length > 0);
  const firstCall = content.find((part) => part.kind === 'tool-call');
  const images = content.flatMap(writeImage);
  const annotations = writeAnnotations(content, caller);
  const tokens = content.flatMap((part) => (part.kind === 'text' ? (part.logprobs ?? []) : []));
  for (const part of content) if (!isWritten(part)) caller.lose?.(nameOfPart(part));
  if (legacy && calls.length > 1) caller.lose?.('tool_calls[1]');
  return {
    index,
    message: compact<JsonObject>({
      role: 'assistant',
      content: text.length > 0 ? text.join('') : null,
      ...writeReasoning(content),
      refusal: refusals.length > 0 ? refusals.join('') : null,
      annotations: annotations.length > 0 ? annotations : undefined,
      images: images.length > 0 ? images : undefined,
      audio: content.flatMap(ownPart('audio'))[0],
      tool_calls: calls.length > 0 && !legacy ? calls.map(writeCall) : undefined,
      function_call: firstCall !== undefined && legacy ? writeToolCall(firstCall, false).function : undefined,
    }),
    logprobs: tokens.length > 0 ? { content: writeTokens(tokens), refusal: null } : null,
    ...writeFinish(finish, { refusal: refusals.length > 0, legacy }),
  };
}

/** Ranges count the characters of the joined content. */
function writeAnnotations(content: readonly AssistantPart[], caller: CallerContext): JsonObject[] {
  let before = 0;
  return content.flatMap((part): JsonObject[] => {
    if (part.kind !== 'text') return [];
    const offset = before;
    const length = characterCount(part.text);
    before += length;
    return (part.citations ?? []).flatMap((citation) => {
      const { start, end } = rangeOf(citation, length);
      return writeAnnotation(citation, { start: offset + start, end: offset + end }, caller.lose);
    });
  });
}

/** Whether a part has a place in a message. */
export function isWritten(part: AssistantPart): boolean {
  if (part.kind === 'image') return part.source.kind !== 'file';
  if (part.kind === 'opaque')
    return part.dialect === 'openai-chat' && (part.type === 'audio' || part.type === 'custom');
  return part.kind !== 'audio';
}

/** The value of a part that only this dialect knows. */
function ownPart(type: string): (part: AssistantPart) => unknown[] {
  return (part) => (part.kind === 'opaque' && part.dialect === 'openai-chat' && part.type === type ? [part.value] : []);
}

function writeCall(part: AssistantPart): unknown {
  return part.kind === 'tool-call' ? writeToolCall(part, true) : ownPart('custom')(part)[0];
}

/** Generated pictures, in the form OpenRouter gave them: the API itself has none. */
export function writeImage(part: AssistantPart): JsonObject[] {
  if (part.kind !== 'image' || part.source.kind === 'file') return [];
  const { source } = part;
  const url = source.kind === 'url' ? source.url : formatDataUrl(source.mediaType, source.data);
  return [{ type: 'image_url', image_url: { url } }];
}
