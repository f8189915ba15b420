import {
  asString,
  invalidField,
  type JsonObject,
  type Message,
  type NeutralRequest,
  omit,
  type Reasoning,
  type ResponseFormat,
} from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';
import { isEffort } from '../reasoning-effort.ts';
import { readItems } from './read-items.ts';
import { isAllowed, readToolChoice, readTools } from './tools.ts';

export { writeRequest } from './write-request.ts';

/** Every top-level field that has a place in the neutral form. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'input', 'instructions', 'tools', 'tool_choice', 'parallel_tool_calls', 'stream', 'stream_options'],
  ...['max_output_tokens', 'temperature', 'top_p', 'top_logprobs', 'text', 'reasoning', 'user', 'service_tier'],
  ...['include', 'previous_response_id', 'conversation', 'prompt', 'background', 'store', 'truncation'],
]);

/** Reads a request of the Responses API: developers.openai.com/api/reference/resources/responses/create, read 2026-11. */
export function readRequest(body: JsonObject, _context?: InboundContext): NeutralRequest {
  const model = readModel(body);
  const { messages, sameDialectOnly } = readItems(body.input ?? []);
  const held = [...heldFields(body), ...sameDialectOnly];
  const instructions = readString(body, 'instructions');
  const choice = readToolChoice(body);
  const include = readInclude(body);
  const topLogprobs = readNumber(body, 'top_logprobs');
  return compact<NeutralRequest>({
    dialect: 'openai-responses',
    model,
    messages: [...instructionsMessage(instructions), ...messages],
    tools: readTools(body).filter((tool) => isAllowed(tool, choice)),
    toolChoice: choice.choice,
    parallelToolCalls: readBoolean(body, 'parallel_tool_calls'),
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: true,
    maxOutputTokens: readNumber(body, 'max_output_tokens'),
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'top_p'),
    logprobs: topLogprobs === undefined && !include.includes(LOGPROBS) ? undefined : compact({ top: topLogprobs }),
    responseFormat: readFormat(body),
    reasoning: readReasoning(body),
    user: readString(body, 'user'),
    serviceTier: readString(body, 'service_tier'),
    extra: readExtra(body, include, choice.other),
    sameDialectOnly: held.length > 0 ? held : undefined,
  });
}

/** The model's name, and the two ways of having neither input nor anything that stands for it. */
export function readModel(body: JsonObject): string {
  const model = readString(body, 'model');
  if (!model) throw invalidField('model', 'expected the name of a model');
  if (body.background === true) {
    throw invalidField('background', 'expected false: an answer that is fetched later cannot be accounted for here');
  }
  if ((body.input ?? null) === null && heldFields(body).length === 0) {
    throw invalidField('input', 'expected a string or a list of items');
  }
  return model;
}

/** Fields that name what the provider keeps. */
export function heldFields(body: JsonObject): string[] {
  return ['previous_response_id', 'conversation', 'prompt'].filter((key) => (body[key] ?? null) !== null);
}

function instructionsMessage(text: string | undefined): Message[] {
  return text === undefined || text === '' ? [] : [{ role: 'system', content: [{ kind: 'text', text }] }];
}

const LOGPROBS = 'message.output_text.logprobs';
/** Always told where there is such a thing, so asking for it loses nothing elsewhere. */
const TOLD: ReadonlySet<string> = new Set([LOGPROBS, 'reasoning.encrypted_content']);

function readInclude(body: JsonObject): readonly string[] {
  const include = body.include ?? [];
  if (!Array.isArray(include)) throw invalidField('include', 'expected a list of strings');
  return include.map((item, at) => {
    if (typeof item !== 'string') throw invalidField(`include[${at}]`, 'expected a string');
    return item;
  });
}

/** What has no place in the neutral form and asks for more than the default. */
function readExtra(body: JsonObject, include: readonly string[], choice: unknown): JsonObject {
  const verbosity = asString(readObject(body, 'text')?.verbosity);
  const rest = Object.entries(omit(body, KNOWN)).filter(([, value]) => value !== null);
  return compact<JsonObject>({
    ...Object.fromEntries(rest),
    include: include.some((item) => !TOLD.has(item)) ? include : undefined,
    // Stored answers are of use to `previous_response_id` alone, which is never dropped.
    truncation: body.truncation === 'auto' ? body.truncation : undefined,
    tool_choice: choice,
    'text.verbosity': verbosity === 'medium' ? undefined : verbosity,
  });
}

function readFormat(body: JsonObject): ResponseFormat | undefined {
  const text = readObject(body, 'text');
  const format = text === undefined ? undefined : readObject(text, 'format', 'text.format');
  if (format === undefined) return undefined;
  switch (format.type) {
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json-object' };
    case 'json_schema':
      return compact<ResponseFormat & { kind: 'json-schema' }>({
        kind: 'json-schema',
        name: readString(format, 'name', 'text.format.name'),
        description: readString(format, 'description', 'text.format.description'),
        schema: readObject(format, 'schema', 'text.format.schema') ?? {},
        strict: readBoolean(format, 'strict', 'text.format.strict'),
      });
    default:
      throw invalidField('text.format.type', 'expected text, json_object or json_schema');
  }
}

function readReasoning(body: JsonObject): Reasoning | undefined {
  const reasoning = readObject(body, 'reasoning');
  if (reasoning === undefined) return undefined;
  const effort = readString(reasoning, 'effort', 'reasoning.effort');
  const summary = readString(reasoning, 'summary', 'reasoning.summary');
  const settings = compact<Reasoning>({
    effort: isEffort(effort) ? effort : undefined,
    includeThoughts: summary === undefined ? undefined : true,
  });
  return Object.keys(settings).length === 0 ? undefined : settings;
}
