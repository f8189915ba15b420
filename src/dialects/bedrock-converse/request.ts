import {
  asNumber,
  asObject,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  type NeutralRequest,
  omit,
  type Reasoning,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
} from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { readBoolean, readNumber, readObject, readObjects, readString } from '../read-fields.ts';
import { readMessages } from './read-messages.ts';
import { type ReadContext, readMarker } from './read-parts.ts';

export { writeRequest } from './write-request.ts';

/** Every top-level field that has a place in the neutral form. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['modelId', 'messages', 'system', 'inferenceConfig', 'toolConfig', 'serviceTier'],
  ...['outputConfig', 'additionalModelRequestFields'],
]);
/** Fields inside `additionalModelRequestFields` that have one: what the models behind the API call these things. */
const KNOWN_ADDITIONAL: ReadonlySet<string> = new Set([
  ...['thinking', 'output_config', 'reasoning_effort', 'reasoningConfig', 'reasoning_config', 'top_k'],
]);

/** Reads a Converse request. Throws `invalid_request` with the field's path. */
export function readRequest(body: JsonObject, context: InboundContext): NeutralRequest {
  const parts: ReadContext = { toolNames: new Map(), extra: {} };
  const config = readObject(body, 'inferenceConfig') ?? {};
  const tools = readObject(body, 'toolConfig') ?? {};
  const additional = readObject(body, 'additionalModelRequestFields') ?? {};
  const output = readObject(body, 'outputConfig') ?? {};
  const messages = readMessages(body, parts);
  const rest = omit(additional, KNOWN_ADDITIONAL);
  return compact<NeutralRequest>({
    dialect: 'bedrock-converse',
    model: context.pathModel ?? '',
    messages,
    tools: readTools(tools),
    toolChoice: readToolChoice(tools),
    stream: context.pathStream ?? false,
    streamUsage: true,
    maxOutputTokens: readNumber(config, 'maxTokens', 'inferenceConfig.maxTokens'),
    temperature: readNumber(config, 'temperature', 'inferenceConfig.temperature'),
    topP: readNumber(config, 'topP', 'inferenceConfig.topP'),
    topK: asNumber(additional.top_k),
    stop: readStop(config),
    responseFormat: readFormat(output),
    reasoning: readReasoning(additional, output),
    serviceTier: asString(readObject(body, 'serviceTier')?.type),
    sameDialectOnly: body.promptVariables === undefined ? undefined : ['promptVariables'],
    extra: {
      ...omit(body, KNOWN),
      ...(Object.keys(rest).length > 0 ? { additionalModelRequestFields: rest } : {}),
      ...parts.extra,
    },
  });
}

function readStop(config: JsonObject): readonly string[] | undefined {
  const stop = config.stopSequences ?? undefined;
  if (stop === undefined) return undefined;
  if (!Array.isArray(stop) || stop.some((item) => typeof item !== 'string')) {
    throw invalidField('inferenceConfig.stopSequences', 'expected a list of strings');
  }
  return stop;
}

function readTools(config: JsonObject): Tool[] {
  const tools: Tool[] = [];
  for (const [at, tool] of (readObjects(config, 'tools', 'toolConfig.tools') ?? []).entries()) {
    const last = tools.at(-1);
    if (!isObject(tool.cachePoint)) tools.push(readTool(tool, `toolConfig.tools[${at}]`));
    else if (last?.kind === 'function') tools[tools.length - 1] = { ...last, cache: readMarker(tool.cachePoint) };
  }
  return tools;
}

function readTool(tool: JsonObject, path: string): Tool {
  const spec = readObject(tool, 'toolSpec', `${path}.toolSpec`);
  if (spec === undefined) {
    return { kind: 'opaque', dialect: 'bedrock-converse', type: Object.keys(tool)[0] ?? 'unknown', value: tool };
  }
  const name = readString(spec, 'name', `${path}.toolSpec.name`);
  if (!name) throw invalidField(`${path}.toolSpec.name`, 'expected a name');
  const schema = readObject(spec, 'inputSchema', `${path}.toolSpec.inputSchema`);
  return compact<Tool & { kind: 'function' }>({
    kind: 'function',
    name,
    description: readString(spec, 'description', `${path}.toolSpec.description`),
    parameters: isObject(schema?.json) ? schema.json : undefined,
    strict: readBoolean(spec, 'strict', `${path}.toolSpec.strict`),
  });
}

function readToolChoice(config: JsonObject): ToolChoice | undefined {
  const choice = readObject(config, 'toolChoice', 'toolConfig.toolChoice');
  if (choice === undefined) return undefined;
  if (isObject(choice.auto)) return { kind: 'auto' };
  if (isObject(choice.any)) return { kind: 'required' };
  const name = asString(asObject(choice.tool).name);
  if (name) return { kind: 'tool', name };
  throw invalidField('toolConfig.toolChoice', 'expected auto, any or tool');
}

function readFormat(output: JsonObject): ResponseFormat | undefined {
  const format = readObject(output, 'textFormat', 'outputConfig.textFormat');
  if (format === undefined) return undefined;
  const { schema, name, description } = asObject(asObject(format.structure).jsonSchema);
  const parsed = parse(asString(schema) ?? '');
  if (parsed === null) {
    throw invalidField('outputConfig.textFormat.structure.jsonSchema.schema', 'expected the JSON text of a schema');
  }
  return compact<ResponseFormat & { kind: 'json-schema' }>({
    kind: 'json-schema',
    schema: parsed,
    name: asString(name),
    description: asString(description),
  });
}

function parse(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const EFFORTS: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

/** Each family of models has its own words for thinking: Claude's, OpenAI's and DeepSeek's, Nova's. */
function readReasoning(additional: JsonObject, output: JsonObject): Reasoning | undefined {
  const thinking = asObject(additional.thinking ?? additional.reasoning_config ?? additional.reasoningConfig);
  const own = asObject(additional.reasoningConfig ?? additional.reasoning_config);
  const word = asString(
    additional.reasoning_effort ??
      asObject(additional.output_config).effort ??
      output.effort ??
      own.maxReasoningEffort ??
      additional.reasoning_config,
  );
  const effort = word === 'max' ? 'xhigh' : word;
  const type = asString(thinking.type);
  const reasoning = compact<Reasoning>({
    enabled: type === undefined ? undefined : type !== 'disabled',
    budgetTokens: asNumber(thinking.budget_tokens),
    effort: effort !== undefined && EFFORTS.has(effort) ? (effort as NonNullable<Reasoning['effort']>) : undefined,
  });
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}
