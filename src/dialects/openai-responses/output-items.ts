import {
  type AssistantPart,
  asArray,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type ReasoningPart,
  type ToolCallPart,
} from '#core';
import { compact } from '../compact.ts';

/** Reads one item of `output`, or of the assistant's side of `input`, laxly: a message may hold several parts. */
export function readOutputItem(item: JsonObject): AssistantPart[] {
  switch (item.type) {
    case 'message':
    case undefined:
      return readMessageContent(item.content);
    case 'reasoning':
      return [readReasoningItem(item)];
    case 'function_call':
      return [
        {
          kind: 'tool-call',
          id: asString(item.call_id) || asString(item.id) || 'call_0',
          name: asString(item.name) ?? '',
          arguments: readArguments(item.arguments),
        },
      ];
    default:
      return [{ kind: 'opaque', dialect: 'openai-responses', type: asString(item.type) ?? 'unknown', value: item }];
  }
}

function readMessageContent(content: unknown): AssistantPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return asArray(content).map((value): AssistantPart => {
    const part = asObject(value);
    if (part.type === 'refusal') return { kind: 'refusal', text: asString(part.refusal) ?? '' };
    if (typeof part.text === 'string') return { kind: 'text', text: part.text };
    return { kind: 'opaque', dialect: 'openai-responses', type: asString(part.type) ?? 'unknown', value };
  });
}

/** The model's own words where they are told, else their summary; the encrypted form stands for both. */
export function readReasoningItem(item: JsonObject): ReasoningPart {
  const text = textOf(item.content) || textOf(item.summary, '\n\n');
  const encrypted = asString(item.encrypted_content) || undefined;
  const id = asString(item.id) || undefined;
  if (text === '' && encrypted !== undefined) return compact({ kind: 'reasoning', text, redacted: encrypted, id });
  return compact<ReasoningPart>({ kind: 'reasoning', text, signature: encrypted, id });
}

function textOf(parts: unknown, between = ''): string {
  return asArray(parts)
    .map((part) => asString(asObject(part).text) ?? '')
    .join(between);
}

/** Some hosts send the arguments as an object instead of its text. */
export function readArguments(value: unknown): string {
  return typeof value === 'string' ? value : isObject(value) ? JSON.stringify(value) : '';
}

/** A finished item of `output`; null where the API has no such item. */
export function writeOutputItem(part: AssistantPart, id: string): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return {
        id: `msg_${id}`,
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [writeContent(part)],
      };
    case 'reasoning':
      return writeReasoning(part, id);
    case 'tool-call':
      return writeCall(part, `fc_${id}`);
    case 'opaque':
      return part.dialect === 'openai-responses' ? (part.value as JsonObject) : null;
    default:
      return null;
  }
}

/** The id of thoughts that some other provider had; told by its beginning when it comes back. */
export function ownReasoningId(id: string): string {
  return `${OWN_REASONING}${id}`;
}

/** How such ids begin: OpenAI looks up an id of its own form, and refuses what it does not find. */
export const OWN_REASONING = 'rs_sbx_';

/** One part of a message. */
export function writeContent(part: Extract<AssistantPart, { kind: 'text' | 'refusal' }>): JsonObject {
  if (part.kind === 'refusal') return { type: 'refusal', refusal: part.text };
  return { type: 'output_text', text: part.text, annotations: [], logprobs: [] };
}

function writeReasoning(part: ReasoningPart, id: string): JsonObject {
  return compact({
    id: part.id ?? ownReasoningId(id),
    type: 'reasoning',
    summary: part.text === '' ? [] : [{ type: 'summary_text', text: part.text }],
    encrypted_content: part.signature ?? part.redacted,
  });
}

/** No arguments at all are `{}`, which is what clients parse. */
export function writeCall(call: Pick<ToolCallPart, 'id' | 'name' | 'arguments'>, id: string): JsonObject {
  const { id: callId, name } = call;
  const written = call.arguments === '' ? '{}' : call.arguments;
  return { id, type: 'function_call', status: 'completed', call_id: callId, name, arguments: written };
}
