import {
  type AssistantPart,
  asNumber,
  asObject,
  asString,
  type Choice,
  isObject,
  type JsonObject,
  type NeutralResponse,
  omit,
  type StreamError,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { readErrorValue } from '../openai-errors.ts';
import { readUsageField, writeUsageField } from '../openai-usage.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readLogprobs, writeLogprobs } from './logprobs.ts';

const KNOWN: ReadonlySet<string> = new Set(['id', 'object', 'created', 'model', 'choices', 'usage']);

/** Reads a whole completion. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if ((body.error ?? null) !== null) return readErrorValue(body.error);
  if (!Array.isArray(body.choices) || body.choices.length === 0) return malformed('the answer has no choices');
  return compact<NeutralResponse>({
    id: asString(body.id) ?? '',
    model: asString(body.model) ?? '',
    createdAt: asNumber(body.created),
    choices: body.choices.map((choice, at) => readChoice(asObject(choice), at)),
    usage: readUsageField(body.usage),
    extra: omit(body, KNOWN),
  });
}

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a completion, but ${finding}.` };
}

function readChoice(choice: JsonObject, at: number): Choice {
  const text = asString(choice.text) ?? '';
  return {
    index: asNumber(choice.index) ?? at,
    content: text === '' ? [] : [compact({ kind: 'text', text, logprobs: readLogprobs(choice.logprobs) })],
    finish: readFinish(asString(choice.finish_reason)),
  };
}

/** The usage of a whole completion or of one chunk. */
export function readUsage(body: JsonObject): Usage | undefined {
  return readUsageField(body.usage);
}

/** Writes a whole completion: text alone. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  for (const what of response.unread ?? []) caller.lose?.(what);
  for (const { content } of response.choices) nameUnwritten(content, caller.lose);
  return compact<JsonObject>({
    ...writeHead(response, caller),
    choices: response.choices.map(({ index, content, finish }) => ({
      text: content.map((part) => (part.kind === 'text' || part.kind === 'refusal' ? part.text : '')).join(''),
      index,
      logprobs: writeLogprobs(
        content.flatMap((part) => (part.kind === 'text' ? (part.logprobs ?? []) : [])),
        0,
      ),
      finish_reason: writeFinish(finish),
    })),
    usage: response.usage === undefined ? undefined : writeUsageField(response.usage),
  });
}

/** Names everything but text: the API has no place for it. */
export function nameUnwritten(parts: readonly AssistantPart[], lose: CallerContext['lose']): void {
  for (const part of parts) {
    if (part.kind === 'text' && part.citations !== undefined) lose?.('citations');
    if (part.kind !== 'text' && part.kind !== 'refusal') lose?.(nameOfPart(part));
  }
}

/** The fields of an answer and of each chunk. */
export function writeHead(
  head: { readonly id: string; readonly model: string; readonly createdAt?: number },
  caller: CallerContext,
): JsonObject {
  return {
    id: head.id || caller.requestId,
    object: 'text_completion',
    created: head.createdAt ?? caller.createdAt,
    model: head.model || caller.model,
  };
}
