import {
  type AssistantPart,
  asArray,
  asObject,
  asString,
  type Choice,
  isObject,
  type JsonObject,
  type NeutralResponse,
  omit,
  type StreamError,
  type TextPart,
  type Usage,
} from '#core';
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { ANSWER_TOOL } from './answer-format.ts';
import { readCitations } from './citations.ts';
import { readErrorObject } from './errors.ts';
import { finishOf, writeStop } from './finish.ts';
import { usageOf, writeUsage } from './usage.ts';
import { writeBlock, writeText } from './write-block.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'],
]);

/** Reads a whole message. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if (isObject(body.error)) return readErrorObject(body);
  if (!Array.isArray(body.content)) return malformed('the answer has no content');
  const blocks = asArray(body.content).map(asObject);
  const content = blocks.map(readBlock);
  const finish = finishOf(body.stop_reason, body.stop_sequence);
  const answered = blocks.some(isAnswer) && !content.some((part) => part.kind === 'tool-call');
  return compact<NeutralResponse>({
    id: asString(body.id) ?? '',
    model: asString(body.model) ?? '',
    choices: [{ index: 0, content, finish: finish.reason === 'tool-calls' && answered ? ANSWERED : finish }],
    usage: usageOf(body.usage),
    extra: omit(body, KNOWN),
  });
}

/** A call of the answer tool is the end of the answer. */
export const ANSWERED = Object.freeze({ reason: 'stop', raw: 'tool_use' });

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a message of the Messages API, but ${finding}.` };
}

/** The usage of a message. */
export function readUsage(body: JsonObject): Usage | undefined {
  return usageOf(body.usage);
}

function readBlock(block: JsonObject): AssistantPart {
  switch (block.type) {
    case 'text': {
      const citations = readCitations(block.citations);
      return compact<TextPart>({
        kind: 'text',
        text: asString(block.text) ?? '',
        citations: citations.length > 0 ? citations : undefined,
      });
    }
    case 'thinking':
      return compact({
        kind: 'reasoning',
        text: asString(block.thinking) ?? '',
        signature: asString(block.signature) || undefined,
      });
    case 'redacted_thinking':
      return { kind: 'reasoning', text: '', redacted: asString(block.data) ?? '' };
    case 'tool_use': {
      const input = JSON.stringify(block.input ?? {});
      if (isAnswer(block)) return { kind: 'text', text: input };
      return compact({
        kind: 'tool-call',
        id: asString(block.id) ?? '',
        name: asString(block.name) ?? '',
        arguments: input,
        signature: asString(block.signature),
      });
    }
    default:
      return { kind: 'opaque', dialect: 'anthropic-messages', type: asString(block.type) ?? 'unknown', value: block };
  }
}

function isAnswer(block: JsonObject): boolean {
  return block.type === 'tool_use' && block.name === ANSWER_TOOL;
}

/** Writes a whole message; the model is the one that answered. This API has one choice: the first. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  const choice: Choice = response.choices[0] ?? { index: 0, content: [], finish: { reason: 'other' } };
  for (const { index } of response.choices.slice(1)) caller.lose?.(`choices[${index}]`);
  for (const what of response.unread ?? []) caller.lose?.(what);
  const content = choice.content.flatMap((part): JsonObject[] =>
    part.kind === 'text' ? writeText(part, caller.lose) : [writeBlock(part, caller.lose) ?? []].flat(),
  );
  return {
    ...messageHead(response.id, response.model, caller),
    content,
    ...writeStop(
      choice.finish,
      content.some((block) => block.type === 'tool_use'),
    ),
    usage: response.usage === undefined ? { input_tokens: 0, output_tokens: 0 } : writeUsage(response.usage),
  };
}

/** What every message begins with; ids of other providers get this API's prefix. */
export function messageHead(id: string, model: string, caller: CallerContext): JsonObject {
  const own = id || caller.requestId.replace(/^req_/, '');
  return {
    id: own.startsWith('msg_') ? own : `msg_${own.replaceAll(/[^a-zA-Z0-9]/g, '')}`,
    type: 'message',
    role: 'assistant',
    model: model || caller.model,
  };
}
