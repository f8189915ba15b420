import {
  asString,
  invalidField,
  type JsonObject,
  type NeutralRequest,
  omit,
  type Reasoning,
  type ResponseFormat,
  type ToolChoice,
} from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { readFunctionTools } from '../function-tools.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';
import { readMessages } from './read-messages.ts';

export { writeRequest } from './write-request.ts';

/** Every top-level field that has a place in the neutral form. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'tools', 'tool_choice', 'stream', 'max_tokens', 'temperature', 'p', 'k', 'stop_sequences'],
  ...['seed', 'frequency_penalty', 'presence_penalty', 'logprobs', 'response_format', 'thinking', 'strict_tools'],
]);

/** Reads a chat request: docs.cohere.com/reference/chat, read 2026-11. */
export function readRequest(body: JsonObject, _context?: InboundContext): NeutralRequest {
  const strict = readBoolean(body, 'strict_tools');
  const tools = readFunctionTools(body, 'cohere-chat');
  return compact<NeutralRequest>({
    dialect: 'cohere-chat',
    model: readModel(body),
    messages: readMessages(body),
    tools: strict === undefined ? tools : tools.map((tool) => (tool.kind === 'function' ? { ...tool, strict } : tool)),
    toolChoice: readToolChoice(body),
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: true,
    maxOutputTokens: readNumber(body, 'max_tokens'),
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'p'),
    topK: readNumber(body, 'k'),
    stop: readStop(body),
    seed: readNumber(body, 'seed'),
    frequencyPenalty: readNumber(body, 'frequency_penalty'),
    presencePenalty: readNumber(body, 'presence_penalty'),
    logprobs: readBoolean(body, 'logprobs') === true ? {} : undefined,
    responseFormat: readFormat(body),
    reasoning: readThinking(body),
    extra: omit(body, KNOWN),
  });
}

/** The model's name. */
export function readModel(body: JsonObject): string {
  const model = readString(body, 'model');
  if (!model) throw invalidField('model', 'expected the name of a model');
  return model;
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const stop = body.stop_sequences ?? undefined;
  if (stop === undefined) return undefined;
  if (!Array.isArray(stop)) throw invalidField('stop_sequences', 'expected a list of strings');
  for (const [at, item] of stop.entries()) {
    if (typeof item !== 'string') throw invalidField(`stop_sequences[${at}]`, 'expected a string');
  }
  return stop;
}

function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = readString(body, 'tool_choice');
  if (choice === undefined) return undefined;
  if (choice === 'REQUIRED') return { kind: 'required' };
  if (choice === 'NONE') return { kind: 'none' };
  throw invalidField('tool_choice', 'expected REQUIRED or NONE');
}

function readFormat(body: JsonObject): ResponseFormat | undefined {
  const format = readObject(body, 'response_format');
  if (format === undefined) return undefined;
  if (format.type === 'text') return { kind: 'text' };
  if (format.type !== 'json_object') throw invalidField('response_format.type', 'expected text or json_object');
  const key = format.json_schema === undefined ? 'schema' : 'json_schema';
  const schema = readObject(format, key, `response_format.${key}`);
  return schema === undefined ? { kind: 'json-object' } : { kind: 'json-schema', schema };
}

function readThinking(body: JsonObject): Reasoning | undefined {
  const thinking = readObject(body, 'thinking');
  if (thinking === undefined) return undefined;
  const type = asString(thinking.type);
  return compact<Reasoning>({
    enabled: type === undefined ? undefined : type === 'enabled',
    budgetTokens: readNumber(thinking, 'token_budget', 'thinking.token_budget'),
  });
}
