import {
  type AssistantPart,
  asArray,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { characterCount } from '../cited-text.ts';
import { compact } from '../compact.ts';
import { readTokens, writeTokens } from '../openai-logprobs.ts';
import { readAnnotations, writeAnnotation } from './citations.ts';

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
    if (typeof part.text === 'string') {
      const citations = readAnnotations(part.annotations);
      return compact<TextPart>({
        kind: 'text',
        text: part.text,
        citations: citations.length > 0 ? citations : undefined,
        logprobs: readTokens(part.logprobs),
      });
    }
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
export function writeOutputItem(part: AssistantPart, id: string, lose?: (what: string) => void): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return {
        id: `msg_${id}`,
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [writeContent(part, lose)],
      };
    case 'reasoning':
      return writeReasoning(part, id);
    case 'tool-call':
      // A provider's signature of a call has no field here.
      if (part.signature !== undefined) lose?.('tool_call.signature');
      return writeCall(part, `fc_${id}`);
    case 'opaque':
      if (part.dialect === 'openai-responses') return part.value as JsonObject;
      lose?.(nameOfPart(part));
      return null;
    default:
      lose?.(nameOfPart(part));
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
export function writeContent(
  part: Extract<AssistantPart, { kind: 'text' | 'refusal' }>,
  lose?: (what: string) => void,
): JsonObject {
  if (part.kind === 'refusal') return { type: 'refusal', refusal: part.text };
  const annotations = writeAnnotations(part, lose);
  return { type: 'output_text', text: part.text, annotations, logprobs: writeTokens(part.logprobs ?? []) };
}

/** The sources of a part; those that the API has no kind for are named. Pure but for `lose`. */
export function writeAnnotations({ text, citations = [] }: TextPart, lose?: (what: string) => void): JsonObject[] {
  const length = citations.length === 0 ? 0 : characterCount(text);
  return citations.flatMap((citation): JsonObject[] => {
    const written = writeAnnotation(citation, length);
    if (written === null) lose?.(`citations (${citation.source.kind})`);
    return written === null ? [] : [written];
  });
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
