import {
  asObject,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  type NeutralRequest,
  omit,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
} from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { readBoolean, readNumber, readObject, readObjects, readString } from '../read-fields.ts';
import { readMessages } from './read-messages.ts';
import { readCache } from './read-parts.ts';
import { readReasoningSettings } from './reasoning.ts';

export { writeRequest } from './write-request.ts';

/** Every top-level field that has a place in the neutral form; all others travel in `extra`. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'tools', 'functions', 'tool_choice', 'function_call', 'parallel_tool_calls'],
  ...['stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'top_k', 'stop'],
  ...['seed', 'n', 'frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs', 'response_format'],
  ...['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking', 'thinking_budget', 'user', 'service_tier'],
]);

/** Reads an OpenAI chat completion request: platform.openai.com/docs/api-reference/chat/create, read 2026-11. */
export function readRequest(body: JsonObject, _context?: InboundContext): NeutralRequest {
  const model = readString(body, 'model');
  if (!model) throw invalidField('model', 'expected the name of a model');
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalidField('messages', 'expected a list with at least one message');
  }
  const { choice, allowed } = readToolChoice(body);
  const tools = readTools(body).filter(
    (tool) => allowed === null || tool.kind !== 'function' || allowed.has(tool.name),
  );
  const { settings, rest } = readReasoningSettings(body);
  return compact<NeutralRequest>({
    dialect: 'openai-chat',
    model,
    messages: readMessages(body.messages),
    tools,
    toolChoice: choice,
    parallelToolCalls: readBoolean(body, 'parallel_tool_calls'),
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: readStreamUsage(body),
    maxOutputTokens: readMaxOutputTokens(body),
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'top_p'),
    topK: readNumber(body, 'top_k'),
    stop: readStop(body),
    seed: readNumber(body, 'seed'),
    n: readNumber(body, 'n'),
    frequencyPenalty: readNumber(body, 'frequency_penalty'),
    presencePenalty: readNumber(body, 'presence_penalty'),
    logprobs: readLogprobs(body),
    responseFormat: readResponseFormat(body),
    reasoning: settings,
    user: readString(body, 'user'),
    serviceTier: readString(body, 'service_tier'),
    extra: { ...omit(body, KNOWN), ...rest },
  });
}

/** Whether the caller asked for the usage of a stream. */
export function readStreamUsage(body: JsonObject): boolean {
  const options = readObject(body, 'stream_options');
  return options === undefined
    ? false
    : (readBoolean(options, 'include_usage', 'stream_options.include_usage') ?? false);
}

/** The output cap under either of its names. */
export function readMaxOutputTokens(body: JsonObject): number | undefined {
  const older = readNumber(body, 'max_tokens');
  const newer = readNumber(body, 'max_completion_tokens');
  if (older !== undefined && newer !== undefined && older !== newer) {
    throw invalidField('max_tokens', 'expected the same value as max_completion_tokens, or only one of the two');
  }
  return newer ?? older;
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const stop = body.stop ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop)) throw invalidField('stop', 'expected a string or a list of strings');
  for (const [at, item] of stop.entries()) {
    if (typeof item !== 'string') throw invalidField(`stop[${at}]`, 'expected a string');
  }
  return stop;
}

function readLogprobs(body: JsonObject): NeutralRequest['logprobs'] {
  const top = readNumber(body, 'top_logprobs');
  if (readBoolean(body, 'logprobs') !== true) return undefined;
  return top === undefined ? {} : { top };
}

/** Reads `tools`, and `functions`, their older form. */
function readTools(body: JsonObject): Tool[] {
  const tools = (readObjects(body, 'tools') ?? []).map((tool, at): Tool => {
    const type = tool.type ?? 'function';
    if (type !== 'function') {
      return { kind: 'opaque', dialect: 'openai-chat', type: asString(type) ?? 'unknown', value: tool };
    }
    return readFunction(readObject(tool, 'function', `tools[${at}].function`) ?? {}, `tools[${at}].function`, tool);
  });
  const functions = readObjects(body, 'functions') ?? [];
  return [...tools, ...functions.map((entry, at) => readFunction(entry, `functions[${at}]`, entry))];
}

function readFunction(entry: JsonObject, path: string, tool: JsonObject): Tool {
  if (typeof entry.name !== 'string' || entry.name === '') throw invalidField(`${path}.name`, 'expected a name');
  return compact<Tool & { kind: 'function' }>({
    kind: 'function',
    name: entry.name,
    description: readString(entry, 'description', `${path}.description`),
    parameters: readObject(entry, 'parameters', `${path}.parameters`),
    strict: readBoolean(entry, 'strict', `${path}.strict`),
    cache: readCache(tool) ?? readCache(entry),
  });
}

/** Reads `tool_choice` or `function_call`. `allowed_tools` becomes its mode, and the names to which tools are narrowed. */
function readToolChoice(body: JsonObject): {
  readonly choice: ToolChoice | undefined;
  readonly allowed: ReadonlySet<string> | null;
} {
  const key = (body.tool_choice ?? null) === null ? 'function_call' : 'tool_choice';
  const value = body[key] ?? null;
  if (value === null) return { choice: undefined, allowed: null };
  if (typeof value === 'string') return { choice: readMode(value, key), allowed: null };
  if (!isObject(value)) throw invalidField(key, 'expected a string or an object');
  if (value.type === 'allowed_tools') {
    const list = asObject(value.allowed_tools);
    const names = (readObjects(list, 'tools', 'tool_choice.allowed_tools.tools') ?? []).map(nameOfChoice);
    const mode = readMode(asString(list.mode) ?? 'auto', 'tool_choice.allowed_tools.mode');
    return { choice: mode, allowed: new Set(names.filter((name) => name !== undefined)) };
  }
  const name = nameOfChoice(value);
  if (name === undefined) throw invalidField(`${key}.function.name`, 'expected the name of a tool');
  return { choice: { kind: 'tool', name }, allowed: null };
}

function nameOfChoice(choice: JsonObject): string | undefined {
  return asString(asObject(choice.function).name) ?? asString(asObject(choice.custom).name) ?? asString(choice.name);
}

function readMode(mode: string, path: string): ToolChoice {
  if (mode === 'auto' || mode === 'none' || mode === 'required') return { kind: mode };
  // Mistral's word for "required".
  if (mode === 'any') return { kind: 'required' };
  throw invalidField(path, 'expected auto, none, required or an object that names a tool');
}

function readResponseFormat(body: JsonObject): ResponseFormat | undefined {
  const format = readObject(body, 'response_format');
  if (format === undefined) return undefined;
  switch (format.type) {
    case 'text':
      return { kind: 'text' };
    case 'json_object':
      return { kind: 'json-object' };
    case 'json_schema': {
      const path = 'response_format.json_schema';
      const wrapped = readObject(format, 'json_schema', path);
      if (wrapped === undefined) throw invalidField(path, 'expected an object with name and schema');
      return compact<ResponseFormat & { kind: 'json-schema' }>({
        kind: 'json-schema',
        name: readString(wrapped, 'name', `${path}.name`),
        description: readString(wrapped, 'description', `${path}.description`),
        schema: readObject(wrapped, 'schema', `${path}.schema`) ?? {},
        strict: readBoolean(wrapped, 'strict', `${path}.strict`),
      });
    }
    default:
      throw invalidField('response_format.type', 'expected text, json_object or json_schema');
  }
}
