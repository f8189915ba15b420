import {
  invalidField,
  isObject,
  type JsonObject,
  type Message,
  type NeutralRequest,
  omit,
  type Reasoning,
  type ResponseFormat,
  type TextPart,
  type Tool,
  type ToolChoice,
} from '#core';
import { compact } from '../compact.ts';
import { readBoolean, readNumber, readObject, readObjects, readString } from '../read-fields.ts';
import { readCache, readContent, readCount, requireText } from './read-block.ts';
import { type ReadContext, readAssistantPart, readText, readUserPart } from './read-parts.ts';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'system', 'max_tokens', 'stream', 'tools', 'tool_choice', 'stop_sequences', 'temperature'],
  ...['top_p', 'top_k', 'metadata', 'thinking', 'service_tier', 'output_config', 'output_format'],
]);

/**
 * Reads a Messages API request (version 2023-06-01); throws `invalid_request` with the field's path. Fields of blocks
 * and tools that have no neutral place stand in `extra` under their path, so that a translation can name them.
 */
export function readRequest(body: JsonObject): NeutralRequest {
  const extra = omit(body, KNOWN_FIELDS);
  const context: ReadContext = { toolNames: new Map(), extra };
  const messages = [...readSystem(body), ...readMessages(body, context)];
  const metadata = readObject(body, 'metadata') ?? {};
  keepRest(extra, 'metadata', metadata, ['user_id']);
  const toolChoice = readObject(body, 'tool_choice');
  const disableParallel = readBoolean(
    toolChoice ?? {},
    'disable_parallel_tool_use',
    'tool_choice.disable_parallel_tool_use',
  );
  return compact<NeutralRequest>({
    dialect: 'anthropic-messages',
    model: requireText(body, 'model', 'model'),
    messages,
    tools: (readObjects(body, 'tools') ?? []).map((tool, at) => readTool(tool, `tools[${at}]`, context)),
    toolChoice: toolChoice === undefined ? undefined : readToolChoice(toolChoice),
    parallelToolCalls: disableParallel === undefined ? undefined : !disableParallel,
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: true,
    maxOutputTokens: readCount(body, 'max_tokens', 'max_tokens', 0),
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'top_p'),
    topK: readNumber(body, 'top_k'),
    stop: readStop(body),
    responseFormat: readFormat(body, extra),
    reasoning: readReasoning(body, extra),
    user: readString(metadata, 'user_id', 'metadata.user_id'),
    serviceTier: readString(body, 'service_tier'),
    extra,
  });
}

function readSystem(body: JsonObject): Message[] {
  const system = body.system ?? undefined;
  if (system === undefined || system === '') return [];
  const content = readContent(system, 'system').map((block, at) => {
    if (block.type !== 'text') throw invalidField(`system[${at}].type`, 'expected `text`');
    return readText(block, `system[${at}]`);
  });
  return content.length === 0 ? [] : [{ role: 'system', content }];
}

function readMessages(body: JsonObject, context: ReadContext): Message[] {
  const list = readObjects(body, 'messages');
  if (list === undefined || list.length === 0) throw invalidField('messages', 'expected at least one message');
  const messages = list.map((message, at) => readMessage(message, `messages[${at}]`, context));
  return messages.filter((message) => message.role !== 'system' || message.content.length > 0);
}

function readMessage(message: JsonObject, path: string, context: ReadContext): Message {
  const blocks = readContent(message.content, `${path}.content`);
  const at = (index: number) => `${path}.content[${index}]`;
  switch (message.role) {
    case 'user':
      return { role: 'user', content: blocks.map((block, index) => readUserPart(block, at(index), context)) };
    case 'assistant':
      return { role: 'assistant', content: blocks.map((block, index) => readAssistantPart(block, at(index), context)) };
    case 'system': {
      // Instructions in the middle of a conversation; what is not text (tool changes) can only be named.
      const content: TextPart[] = [];
      for (const [index, block] of blocks.entries()) {
        if (block.type === 'text') content.push(readText(block, at(index)));
        else context.extra[at(index)] = block;
      }
      return { role: 'system', content };
    }
    default:
      throw invalidField(`${path}.role`, 'expected `user` or `assistant` (instructions go into `system`)');
  }
}

const TOOL_FIELDS = [
  // Arguments stream in pieces from every provider that can, whether asked for or not.
  'eager_input_streaming',
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
];

function readTool(tool: JsonObject, path: string, context: ReadContext): Tool {
  const type = readString(tool, 'type', `${path}.type`) ?? 'custom';
  if (type !== 'custom') return { kind: 'opaque', dialect: 'anthropic-messages', type, value: tool };
  for (const [key, value] of Object.entries(tool)) {
    if (!TOOL_FIELDS.includes(key) && value !== null) context.extra[`${path}.${key}`] = value;
  }
  return compact({
    kind: 'function',
    name: requireText(tool, 'name', `${path}.name`),
    description: readString(tool, 'description', `${path}.description`),
    parameters: readObject(tool, 'input_schema', `${path}.input_schema`),
    strict: readBoolean(tool, 'strict', `${path}.strict`),
    cache: readCache(tool, path),
  });
}

function readToolChoice(choice: JsonObject): ToolChoice {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { kind: choice.type };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'tool', name: requireText(choice, 'name', 'tool_choice.name') };
    default:
      throw invalidField('tool_choice.type', 'expected `auto`, `any`, `tool` or `none`');
  }
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const stop = body.stop_sequences ?? undefined;
  if (stop === undefined) return undefined;
  if (!Array.isArray(stop)) throw invalidField('stop_sequences', 'expected an array of strings');
  return stop.map((each, at) => {
    if (typeof each === 'string') return each;
    throw invalidField(`stop_sequences[${at}]`, 'expected a string');
  });
}

/** `output_config.format`, and `output_format` as the beta had it. */
function readFormat(body: JsonObject, extra: Record<string, unknown>): ResponseFormat | undefined {
  const config = readObject(body, 'output_config') ?? {};
  keepRest(extra, 'output_config', config, ['format', 'effort']);
  const path = config.format === undefined ? 'output_format' : 'output_config.format';
  const format = readObject(config, 'format', path) ?? readObject(body, 'output_format');
  if (format === undefined) return undefined;
  if (format.type !== 'json_schema') throw invalidField(`${path}.type`, 'expected `json_schema`');
  if (!isObject(format.schema)) throw invalidField(`${path}.schema`, 'expected a JSON Schema object');
  return { kind: 'json-schema', schema: format.schema };
}

const EFFORTS: Readonly<Record<string, NonNullable<Reasoning['effort']>>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'xhigh',
};

function readReasoning(body: JsonObject, extra: Record<string, unknown>): Reasoning | undefined {
  const word = readString(readObject(body, 'output_config') ?? {}, 'effort', 'output_config.effort');
  const effort = word === undefined ? undefined : EFFORTS[word];
  if (word !== undefined && effort === undefined) {
    throw invalidField('output_config.effort', 'expected `low`, `medium`, `high`, `xhigh` or `max`');
  }
  const thinking = readObject(body, 'thinking') ?? {};
  const type = readString(thinking, 'type', 'thinking.type');
  if (type !== undefined && !['enabled', 'adaptive', 'disabled'].includes(type)) extra.thinking = thinking;
  const enabled = type === 'enabled' || type === 'adaptive' ? true : type === 'disabled' ? false : undefined;
  const budgetTokens =
    type === 'enabled' ? readCount(thinking, 'budget_tokens', 'thinking.budget_tokens', 1) : undefined;
  const display = readString(thinking, 'display', 'thinking.display');
  const includeThoughts = display === undefined ? undefined : display !== 'omitted';
  if (effort === undefined && enabled === undefined) return undefined;
  return compact({ effort, budgetTokens, enabled, includeThoughts });
}

function keepRest(extra: Record<string, unknown>, key: string, object: JsonObject, known: readonly string[]): void {
  const rest = omit(object, new Set(known));
  if (Object.keys(rest).length > 0) extra[key] = rest;
}
