import type { JsonObject, NeutralRequest, ResponseFormat, Tool, ToolChoice } from '#core';
import { compact } from '../compact.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { promptAround } from '../prompt-around.ts';
import { effortOf } from '../reasoning-effort.ts';
import { withoutForeign } from './foreign-reasoning.ts';
import { applyQuirks, withParams } from './quirks.ts';
import { writeMessages } from './write-messages.ts';

/** Writes a chat completion request. Tool choice and parallel calls go only with tools: alone they are a 400. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const { logprobs } = request;
  const isOwn = request.dialect === 'openai-chat';
  const format = chooseFormat(request.responseFormat, target, lost);
  const messages = promptAround(request.messages, target.prompt, format.instruction);
  const tools = request.tools.flatMap((tool, at) => writeTool(tool, `tools[${at}]`, isOwn, lost));
  if (!isOwn) {
    if (request.topK !== undefined) lost.push('top_k');
    lost.push(...Object.keys(request.extra));
  }
  const body = compact<JsonObject>({
    ...(isOwn ? request.extra : {}),
    model: target.upstreamModel,
    messages: withoutForeign(
      writeMessages(messages, { lost, isOwn, systemRole: target.quirks.systemRole }),
      target.upstreamModel,
      lost,
    ),
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? writeToolChoice(request.toolChoice) : undefined,
    parallel_tool_calls: tools.length > 0 ? request.parallelToolCalls : undefined,
    stream: request.stream ? true : undefined,
    stream_options: request.stream && !target.quirks.noStreamOptions ? { include_usage: true } : undefined,
    max_completion_tokens: target.maxOutputTokens ?? request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: isOwn ? request.topK : undefined,
    stop: request.stop !== undefined && request.stop.length > 0 ? request.stop : undefined,
    seed: request.seed,
    n: request.n,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    logprobs: logprobs === undefined ? undefined : true,
    top_logprobs: logprobs?.top,
    response_format: format.field,
    reasoning_effort: chooseEffort(request, target, lost),
    user: request.user,
    service_tier: chooseServiceTier(request, isOwn, lost),
  });
  const settled = applyQuirks(withParams(body, target.params), target.quirks, lost);
  return { path: '/chat/completions', query: {}, headers: {}, body: settled, lost };
}

function writeTool(tool: Tool, path: string, isOwn: boolean, lost: string[]): JsonObject[] {
  if (tool.kind === 'opaque') {
    if (tool.dialect === 'openai-chat') return [tool.value as JsonObject];
    lost.push(`${path} (${tool.type})`);
    return [];
  }
  const { name, description, parameters, strict } = tool;
  const cache = isOwn && tool.cache !== undefined ? { cache_control: { type: 'ephemeral', ...tool.cache } } : {};
  return [{ type: 'function', function: compact({ name, description, parameters, strict }), ...cache }];
}

function writeToolChoice(choice: ToolChoice | undefined): unknown {
  if (choice === undefined) return undefined;
  return choice.kind === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.kind;
}

/**
 * A schema goes as `json_schema` where the target can or is not known; where it only has JSON mode, or neither, the
 * schema is said in words, which JSON mode demands anyway ("JSON" must occur in the messages).
 */
function chooseFormat(
  format: ResponseFormat | undefined,
  target: OutboundTarget,
  lost: string[],
): { readonly field: unknown; readonly instruction: string | null } {
  if (format === undefined) return { field: undefined, instruction: null };
  if (format.kind === 'text') return { field: { type: 'text' }, instruction: null };
  const can = (capability: string) => target.capabilities === null || target.capabilities.has(capability);
  if (format.kind === 'json-schema' && can('json-schema')) {
    const { name = 'response', description, schema, strict } = format;
    return {
      field: { type: 'json_schema', json_schema: compact({ name, description, schema, strict }) },
      instruction: null,
    };
  }
  const hasJsonMode = can('json-mode') || can('json-schema');
  if (format.kind === 'json-schema' || !hasJsonMode) lost.push('response_format');
  const schema = format.kind === 'json-schema' ? ` that fits this JSON Schema: ${JSON.stringify(format.schema)}` : '';
  return {
    field: hasJsonMode ? { type: 'json_object' } : undefined,
    instruction:
      format.kind === 'json-object' && hasJsonMode ? null : `Answer with one JSON object and nothing else${schema}`,
  };
}

function chooseEffort(request: NeutralRequest, target: OutboundTarget, lost: string[]): string | undefined {
  const { reasoning } = request;
  if (reasoning === undefined) return undefined;
  const cannotReason = target.capabilities !== null && !target.capabilities.has('reasoning');
  const effort = effortOf(reasoning);
  if (!cannotReason) {
    if (effort === undefined && reasoning.enabled === false) lost.push('reasoning.enabled');
    return effort;
  }
  if (effort !== undefined && effort !== 'none') lost.push('reasoning_effort');
  return undefined;
}

/** Tier names are a provider's own; `auto` alone means the same everywhere, and is the default. */
function chooseServiceTier(request: NeutralRequest, isOwn: boolean, lost: string[]): string | undefined {
  if (isOwn || request.serviceTier === undefined) return request.serviceTier;
  if (request.serviceTier !== 'auto') lost.push('service_tier');
  return undefined;
}
