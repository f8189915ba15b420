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
  type TextPart,
  type ToolCallPart,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { readFunctionCall } from '../function-tools.ts';
import { readCitation, writeCitation } from './citations.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readLogprobs, writeLogprobs } from './logprobs.ts';
import { readUsageField, writeUsageField } from './usage.ts';

const KNOWN: ReadonlySet<string> = new Set(['id', 'message', 'finish_reason', 'usage', 'logprobs']);

/** Reads a whole answer. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if (!isObject(body.message)) {
    const text = asString(body.message);
    return text === undefined ? malformed('the answer has no message') : { reason: 'server-error', message: text };
  }
  const unread = new Set<string>();
  const content = withFacts(body, readMessage(body.message), (what) => unread.add(what));
  const word = asString(body.finish_reason);
  if (content.length === 0 && (word === 'ERROR' || word === 'TIMEOUT')) {
    return { reason: word === 'TIMEOUT' ? 'timeout' : 'server-error', message: `The provider ended with ${word}.` };
  }
  const hasCalls = content.some((part) => part.kind === 'tool-call');
  return compact<NeutralResponse>({
    id: asString(body.id) ?? '',
    model: '',
    choices: [{ index: 0, content, finish: readFinish(word, hasCalls) }],
    usage: readUsageField(body.usage),
    unread: unread.size === 0 ? undefined : [...unread],
    extra: omit(body, KNOWN),
  });
}

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a chat answer, but ${finding}.` };
}

/** What an answer says of its words stands with the text that it speaks of; probabilities with the first. */
function withFacts(
  body: JsonObject,
  content: readonly AssistantPart[],
  unread: (what: string) => void,
): readonly AssistantPart[] {
  const { message } = body;
  const citations = asArray(asObject(message).citations).flatMap((value) => readCitation(asObject(value), unread));
  const logprobs = readLogprobs(body.logprobs);
  if (citations.length === 0 && logprobs === undefined) return content;
  // The plan has no number among the blocks.
  const first = asString(asObject(message).tool_plan) ? 1 : 0;
  const firstText = content.findIndex(({ kind }) => kind === 'text');
  if (firstText < 0) unread(citations.length > 0 ? 'citations' : 'logprobs');
  return content.map((part, index) => {
    if (part.kind !== 'text') return part;
    const isOnly = content.filter(({ kind }) => kind === 'text').length === 1;
    const own = citations.filter(({ at }) => isOnly || first + at === index).map(({ citation }) => citation);
    return compact<TextPart>({
      ...part,
      citations: own.length > 0 ? own : undefined,
      logprobs: index === firstText ? logprobs : undefined,
    });
  });
}

/** The plan of tool use is what the model thought before it called. */
function readMessage(message: JsonObject): AssistantPart[] {
  const plan = asString(message.tool_plan);
  return [
    ...(plan ? [{ kind: 'reasoning' as const, text: plan }] : []),
    ...readAnswerContent(message.content),
    ...asArray(message.tool_calls).map((call, at) => readFunctionCall(asObject(call), at)),
  ];
}

/** The content of an answer or of an assistant's turn, laxly. */
export function readAnswerContent(content: unknown): AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return asArray(content).map((value): AssistantPart => {
    const part = asObject(value);
    if (part.type === 'thinking') return { kind: 'reasoning', text: asString(part.thinking) ?? '' };
    if (typeof part.text === 'string') return { kind: 'text', text: part.text };
    return { kind: 'opaque', dialect: 'cohere-chat', type: asString(part.type) ?? 'unknown', value };
  });
}

/** The usage of a whole answer. */
export function readUsage(body: JsonObject): Usage | undefined {
  return readUsageField(body.usage);
}

/** Writes a whole answer; of several the first is told. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  const [choice] = response.choices;
  const parts = choice?.content ?? [];
  for (const { index } of response.choices.slice(1)) caller.lose?.(`choices[${index}]`);
  for (const what of response.unread ?? []) caller.lose?.(what);
  const { content, citations } = writeContent(parts, caller);
  const tokens = parts.flatMap((part) => (part.kind === 'text' ? (part.logprobs ?? []) : []));
  const calls = parts.flatMap((part) => (part.kind === 'tool-call' ? [writeCall(part)] : []));
  return compact<JsonObject>({
    id: response.id || caller.requestId,
    finish_reason: writeFinish(choice?.finish ?? { reason: 'other' }),
    message: compact({
      role: 'assistant',
      content: content.length > 0 || calls.length === 0 ? content : undefined,
      tool_calls: calls.length > 0 ? calls : undefined,
      citations: citations.length > 0 ? citations : undefined,
    }),
    logprobs: tokens.length > 0 ? writeLogprobs(tokens) : undefined,
    usage: response.usage === undefined ? undefined : writeUsageField(response.usage),
  });
}

function writeContent(parts: readonly AssistantPart[], { lose }: CallerContext) {
  const content: JsonObject[] = [];
  const citations: JsonObject[] = [];
  for (const part of parts) {
    if (part.kind === 'text' && part.logprobs?.some(({ top }) => top !== undefined)) lose?.('top_logprobs');
    if (part.kind === 'tool-call') {
      if (part.signature !== undefined) lose?.('tool_call.signature');
      continue;
    }
    const [block] = writeAnswerPart(part, lose);
    if (block === undefined) continue;
    const at = content.push(block) - 1;
    const cited = part.kind === 'text' ? (part.citations ?? []) : [];
    const characters = cited.length === 0 ? [] : [...(block.text as string)];
    for (const citation of cited) {
      const written = writeCitation(citation, at, characters);
      if (written !== null) citations.push(written);
    }
  }
  return { content, citations };
}

/** One block of content; nothing for what the API has no block for. */
export function writeAnswerPart(part: AssistantPart, lose?: (what: string) => void): JsonObject[] {
  const written = blocksOf(part);
  const isSilent = part.kind === 'reasoning' && part.text === '' && part.redacted === undefined;
  if (written.length === 0 && !isSilent) lose?.(nameOfPart(part));
  if (part.kind === 'reasoning' && part.signature !== undefined) lose?.('reasoning.signature');
  return written;
}

function blocksOf(part: AssistantPart): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }];
    case 'reasoning':
      return part.text === '' ? [] : [{ type: 'thinking', thinking: part.text }];
    case 'opaque':
      return part.dialect === 'cohere-chat' ? [part.value as JsonObject] : [];
    default:
      return [];
  }
}

/** One call; no arguments at all are `{}`. */
export function writeCall(call: ToolCallPart): JsonObject {
  const { id, name } = call;
  return { id, type: 'function', function: { name, arguments: call.arguments === '' ? '{}' : call.arguments } };
}
