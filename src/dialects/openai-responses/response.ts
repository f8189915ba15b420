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
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { readErrorValue } from '../openai-errors.ts';
import { readFinish, writeFinish } from './finish.ts';
import { readOutputItem, writeOutputItem } from './output-items.ts';
import { readUsageField, writeUsageField } from './usage.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...['id', 'object', 'created_at', 'status', 'model', 'output', 'usage', 'error', 'incomplete_details'],
]);

/** Reads a whole response. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body)) return malformed('the answer is not a JSON object');
  if ((body.error ?? null) !== null) return readErrorValue(body.error);
  if (body.status === 'failed') return readErrorValue({ message: 'The provider reports that the response failed.' });
  if (!Array.isArray(body.output)) return malformed('the answer has no output');
  const content = body.output.flatMap((item) => readOutputItem(asObject(item)));
  return compact<NeutralResponse>({
    id: asString(body.id) ?? '',
    model: asString(body.model) ?? '',
    createdAt: asNumber(body.created_at),
    choices: [{ index: 0, content, finish: readFinish(body, content) }],
    usage: readUsageField(body.usage),
    extra: omit(body, KNOWN),
  });
}

function malformed(finding: string): StreamError {
  return { reason: 'malformed', message: `Expected a response, but ${finding}.` };
}

/** The usage of a whole response. */
export function readUsage(body: JsonObject): Usage | undefined {
  return readUsageField(body.usage);
}

/** Writes a whole response. The API has one answer only; of several the first is told. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  const [choice] = response.choices;
  const id = responseId(response.id, caller);
  for (const { index } of response.choices.slice(1)) caller.lose?.(`choices[${index}]`);
  for (const what of response.unread ?? []) caller.lose?.(what);
  return {
    ...writeHead({ ...response, id }, caller),
    ...writeFinish(choice?.finish ?? { reason: 'other' }, hasRefusal(choice)),
    output: (choice?.content ?? []).flatMap((part, at) => writeOutputItem(part, itemId(id, at), caller.lose) ?? []),
    ...(response.usage === undefined ? {} : { usage: writeUsageField(response.usage) }),
  };
}

function hasRefusal(choice: Choice | undefined): boolean {
  return choice?.content.some((part: AssistantPart) => part.kind === 'refusal') ?? false;
}

/** The id of a response begins with `resp_`: clients tell responses by it. */
export function responseId(id: string, caller: Pick<CallerContext, 'requestId'>): string {
  const own = id || caller.requestId;
  return own.startsWith('resp_') ? own : `resp_${own}`;
}

/** What the ids of a response's items end in. */
export function itemId(response: string, at: number): string {
  return `${response.slice('resp_'.length)}_${at}`;
}

/** The fields of a response that stand before its outcome; those that repeat the request are left at their defaults. */
export function writeHead(
  head: { readonly id: string; readonly model: string; readonly createdAt?: number },
  caller: CallerContext,
): JsonObject {
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdAt ?? caller.createdAt,
    model: head.model || caller.model,
    error: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  };
}
