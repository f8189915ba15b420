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
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { readFunctionCall } from '../function-tools.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readUsageField, writeUsageField } from './usage.ts';

const KNOWN: ReadonlySet<string> = new Set(['id', 'message', 'finish_reason', 'usage']);

/** Reads a whole answer. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if (!isObject(body.message)) {
    const text = asString(body.message);
    return text === undefined ? malformed('the answer has no message') : { reason: 'server-error', message: text };
  }
  const content = readMessage(body.message);
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
    extra: omit(body, KNOWN),
  });
}

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a chat answer, but ${finding}.` };
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
  const content = parts.flatMap(writeAnswerPart);
  const calls = parts.flatMap((part) => (part.kind === 'tool-call' ? [writeCall(part)] : []));
  return compact<JsonObject>({
    id: response.id || caller.requestId,
    finish_reason: writeFinish(choice?.finish ?? { reason: 'other' }),
    message: compact({
      role: 'assistant',
      content: content.length > 0 || calls.length === 0 ? content : undefined,
      tool_calls: calls.length > 0 ? calls : undefined,
    }),
    usage: response.usage === undefined ? undefined : writeUsageField(response.usage),
  });
}

/** One block of content; nothing for what the API has no block for. */
export function writeAnswerPart(part: AssistantPart): JsonObject[] {
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
