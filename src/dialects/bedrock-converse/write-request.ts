import { asObject, invalidField, type JsonObject, type NeutralRequest, type ResponseFormat } from '#core';
import { compact } from '../compact.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { promptAround } from '../prompt-around.ts';
import { modelMaker } from '../reasoning-origin.ts';
import { createToolIds } from '../tool-ids.ts';
import { callPath } from './path.ts';
import { applyPolicy, serviceTier } from './policy.ts';
import { fitClaude, thinkingFields, topKFields, withoutUndefined } from './thinking.ts';
import { writeMessages } from './write-messages.ts';
import { writeToolConfig } from './write-tools.ts';

const MAX_TOOL_ID = 64;

/** Writes a Converse request; throws `invalid_request` for tool arguments that are not a JSON object. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const { upstreamModel, capabilities } = target;
  const canReason = capabilities?.has('reasoning') ?? true;
  const hasSchemas = capabilities?.has('json-schema') ?? false;
  const extra = ownExtra(request, lost);
  const instruction = hasSchemas ? null : formatInstruction(request.responseFormat);
  const modeInstruction = request.responseFormat?.kind === 'json-object' ? JSON_MODE : null;
  const written = writeMessages(promptAround(request.messages, target.prompt, instruction ?? modeInstruction), {
    toolIds: createToolIds(MAX_TOOL_ID),
    documentNames: new Set(),
    maker: modelMaker(upstreamModel),
    canHear: capabilities?.has('audio-input') ?? false,
    lost,
  });
  const turns = written.turns.map((turn): JsonObject => ({ ...turn }));
  // Where something was lost, that is the reason, and another target may serve it.
  if (turns.length === 0 && lost.length === 0)
    throw invalidField('messages', 'expected at least one message with content');
  nameLost(request, lost);
  const tier = serviceTier(request.serviceTier);
  if (tier === null) lost.push('service_tier');
  const body = compact<JsonObject>({
    ...extra,
    system: written.system.length === 0 ? undefined : written.system,
    messages: turns,
    inferenceConfig: withoutUndefined({
      maxTokens: request.maxOutputTokens,
      temperature: request.temperature,
      topP: request.topP,
      stopSequences: stopOf(request, lost),
    }),
    toolConfig: writeToolConfig(request, turns, { beStrict: hasSchemas, beCached: !isAmazons(upstreamModel) }, lost),
    additionalModelRequestFields: withoutUndefined({
      ...asObject(extra.additionalModelRequestFields),
      ...topK(request, upstreamModel, lost),
      ...thinkingFields(request.reasoning, upstreamModel, canReason, lost),
    }),
    outputConfig: hasSchemas ? writeFormat(request.responseFormat) : undefined,
    serviceTier: tier ?? undefined,
  });
  const fitted = compact<JsonObject>(fitClaude(body, upstreamModel, canReason, lost));
  return {
    path: callPath(upstreamModel, request.stream),
    query: {},
    headers: {},
    body: compact<JsonObject>(applyPolicy(fitted, target, lost)),
    lost: [...new Set(lost)],
  };
}

/** Whether Amazon made the model: by its id, a profile of several regions or an ARN of either. Pure. */
function isAmazons(model: string): boolean {
  return /(?:^|[./])amazon\./.test(model);
}

/** Fields that the API alone knows are kept when they come from this dialect; a path names a field that has lost its place. */
function ownExtra(request: NeutralRequest, lost: string[]): JsonObject {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(request.extra)) {
    if (request.dialect === 'bedrock-converse' && !key.includes('[')) own[key] = value;
    else lost.push(key);
  }
  return own;
}

/** Names the parameters that the API has none for. */
function nameLost(request: NeutralRequest, lost: string[]): void {
  if (request.seed !== undefined) lost.push('seed');
  if (request.n !== undefined && request.n > 1) lost.push('n');
  if (request.frequencyPenalty) lost.push('frequency_penalty');
  if (request.presencePenalty) lost.push('presence_penalty');
  if (request.logprobs !== undefined) lost.push('logprobs');
  if (request.parallelToolCalls === false) lost.push('parallel_tool_calls');
  if (request.user !== undefined) lost.push('user');
}

function topK(request: NeutralRequest, model: string, lost: string[]): JsonObject {
  if (request.topK === undefined) return {};
  const fields = topKFields(model, request.topK);
  if (fields === null) lost.push('top_k');
  return fields ?? {};
}

function stopOf(request: NeutralRequest, lost: string[]): readonly string[] | undefined {
  const stop = request.stop?.filter((sequence, at) => {
    if (sequence !== '') return true;
    lost.push(`stop[${at}]`);
    return false;
  });
  return stop === undefined || stop.length === 0 ? undefined : stop;
}

const JSON_MODE =
  'Your whole answer is one JSON object, from its first brace to its last: no words before or after it, no code fence.';

/** A schema in words, for models that the catalogue does not know to hold one. */
function formatInstruction(format: ResponseFormat | undefined): string | null {
  if (format?.kind !== 'json-schema') return null;
  return `${JSON_MODE} It is valid by this JSON Schema: ${JSON.stringify(format.schema)}`;
}

function writeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format?.kind !== 'json-schema') return undefined;
  const { name, description, schema } = format;
  const jsonSchema = compact<JsonObject>({ schema: JSON.stringify(schema), name, description });
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}
