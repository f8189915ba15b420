import {
  type AssistantPart,
  asArray,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralResponse,
  omit,
  type StreamError,
  type ToolCallPart,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { readFunctionCall } from '../function-tools.ts';
import { readErrorValue } from '../openai-errors.ts';
import { readTokens, writeTokens } from '../openai-logprobs.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readImageData } from './images.ts';
import { readUsageFields, writeUsageFields } from './usage.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'created_at', 'message', 'done', 'done_reason', 'prompt_eval_count', 'eval_count', 'logprobs'],
]);

/** Reads a whole answer. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if ((body.error ?? null) !== null) return readErrorValue(body.error);
  if (!isObject(body.message)) return malformed('the answer has no message');
  const content = withTokens(readMessage(body.message, 0), body.logprobs);
  const hasCalls = content.some((part) => part.kind === 'tool-call');
  return compact<NeutralResponse>({
    id: '',
    model: asString(body.model) ?? '',
    createdAt: readTime(body.created_at),
    choices: [{ index: 0, content, finish: readFinish(asString(body.done_reason), hasCalls) }],
    usage: readUsageFields(body),
    extra: omit(body, KNOWN),
  });
}

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a chat answer, but ${finding}.` };
}

/** Seconds since 1970 of an RFC 3339 time. */
export function readTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/** The parts of an answer or of one chunk; `calls` counts the calls before, for ids where the server gives none. */
export function readMessage(message: JsonObject, calls: number): AssistantPart[] {
  const thinking = asString(message.thinking);
  const text = asString(message.content);
  return [
    ...(thinking ? [{ kind: 'reasoning' as const, text: thinking }] : []),
    ...(text ? [{ kind: 'text' as const, text }] : []),
    ...asArray(message.images).flatMap(readImageData),
    ...asArray(message.tool_calls).map((call, at) => readFunctionCall(asObject(call), calls + at)),
  ];
}

/** The probabilities of an answer's or a chunk's tokens go with its first text. */
export function withTokens(content: readonly AssistantPart[], value: unknown): readonly AssistantPart[] {
  const logprobs = readTokens(value);
  const at = content.findIndex(({ kind }) => kind === 'text');
  if (logprobs === undefined || at < 0) return content;
  return content.map((part, index) => (index === at && part.kind === 'text' ? { ...part, logprobs } : part));
}

/** The usage of a whole answer. */
export function readUsage(body: JsonObject): Usage | undefined {
  return readUsageFields(body);
}

/** Writes a whole answer; of several the first is told. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  const [choice] = response.choices;
  const content = choice?.content ?? [];
  for (const { index } of response.choices.slice(1)) caller.lose?.(`choices[${index}]`);
  for (const what of response.unread ?? []) caller.lose?.(what);
  nameUnwritten(content, caller.lose);
  const tokens = content.flatMap((part) => (part.kind === 'text' ? (part.logprobs ?? []) : []));
  return {
    ...writeHead(response, caller),
    message: { role: 'assistant', content: '', ...writeMessage(content) },
    ...(tokens.length === 0 ? {} : { logprobs: writeTokens(tokens) }),
    done: true,
    done_reason: writeFinish(choice?.finish ?? { reason: 'other' }),
    ...writeUsageFields(response.usage),
  };
}

/** The fields that every chunk begins with. */
export function writeHead(
  head: { readonly model: string; readonly createdAt?: number },
  caller: CallerContext,
): JsonObject {
  const createdAt = new Date((head.createdAt ?? caller.createdAt) * 1000).toISOString();
  return { model: head.model || caller.model, created_at: createdAt };
}

/** The fields of a message that say these parts; what the API has no field for is left out. */
export function writeMessage(parts: readonly AssistantPart[]): JsonObject {
  const join = (kinds: readonly string[]) =>
    parts.map((part) => (kinds.includes(part.kind) && 'text' in part ? part.text : '')).join('');
  const thinking = join(['reasoning']);
  const images = parts.flatMap((part) =>
    part.kind === 'image' && part.source.kind === 'base64' ? [part.source.data] : [],
  );
  const calls = parts.flatMap((part) => (part.kind === 'tool-call' ? [writeCall(part)] : []));
  return compact({
    content: join(['text', 'refusal']),
    thinking: thinking === '' ? undefined : thinking,
    images: images.length > 0 ? images : undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
  });
}

/** Names what the API has no field for: sources, signatures, encrypted thoughts, pictures by reference, sounds and parts of other dialects. */
export function nameUnwritten(parts: readonly AssistantPart[], lose: ((what: string) => void) | undefined): void {
  for (const part of parts) {
    if (part.kind === 'text' && part.citations !== undefined) lose?.('citations');
    if (part.kind === 'reasoning' && part.signature !== undefined) lose?.('reasoning.signature');
    if (part.kind === 'tool-call' && part.signature !== undefined) lose?.('tool_call.signature');
    const isImage = part.kind === 'image' && part.source.kind === 'base64';
    const isRedacted = part.kind === 'reasoning' && part.redacted !== undefined;
    if (isRedacted || (NO_FIELD.has(part.kind) && !isImage)) lose?.(nameOfPart(part));
  }
}

const NO_FIELD: ReadonlySet<string> = new Set(['image', 'audio', 'opaque']);

/** One call; its arguments are an object here, and what is none goes as it came. */
export function writeCall({ id, name, arguments: text }: ToolCallPart): JsonObject {
  return { id, function: { name, arguments: parseArguments(text) } };
}

function parseArguments(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
