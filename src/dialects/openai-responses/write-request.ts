import { asArray, type JsonObject, type NeutralRequest, type ResponseFormat } from '#core';
import { compact } from '../compact.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { promptAround } from '../prompt-around.ts';
import { effortOf } from '../reasoning-effort.ts';
import { applyPolicy } from './policy.ts';
import { writeToolChoice, writeTools } from './tools.ts';
import { writeItems } from './write-items.ts';

export const RESPONSES_PATH = '/responses';

/** Writes a request for the Responses API. Nothing is stored: the caller's dialect holds the history itself. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const { logprobs } = request;
  const isOwn = request.dialect === 'openai-responses';
  const { 'text.verbosity': verbosity, ...extra } = isOwn ? request.extra : {};
  nameLost(request, isOwn, lost);
  const tools = writeTools(request.tools, lost);
  const reasoning = writeReasoning(request, target, lost);
  const text = compact<JsonObject>({ format: writeFormat(request.responseFormat), verbosity });
  const canReason = target.capabilities?.has('reasoning') ?? reasoning !== undefined;
  const include = new Set([
    ...asArray(extra.include),
    // Refused by models that do not reason.
    ...(canReason ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === undefined ? [] : ['message.output_text.logprobs']),
  ]);
  const body = compact<JsonObject>({
    ...extra,
    model: target.upstreamModel,
    input: writeItems(promptAround(request.messages, target.prompt), {
      lost,
      isOwn,
      systemRole: target.quirks.systemRole,
    }),
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: tools.length > 0 ? (extra.tool_choice ?? writeToolChoice(request.toolChoice)) : undefined,
    parallel_tool_calls: tools.length > 0 ? request.parallelToolCalls : undefined,
    stream: request.stream ? true : undefined,
    max_output_tokens: writeCap(request.maxOutputTokens, lost),
    temperature: request.temperature,
    top_p: request.topP,
    top_logprobs: logprobs?.top,
    text: Object.keys(text).length > 0 ? text : undefined,
    reasoning,
    user: request.user,
    service_tier: writeServiceTier(request, isOwn, lost),
    include: include.size > 0 ? [...include] : undefined,
    store: false,
  });
  return { path: RESPONSES_PATH, query: {}, headers: {}, body: applyPolicy(body, target, lost), lost };
}

/** Names the parameters that the API has none for. */
function nameLost(request: NeutralRequest, isOwn: boolean, lost: string[]): void {
  if (request.topK !== undefined) lost.push('top_k');
  if (request.stop !== undefined && request.stop.length > 0) lost.push('stop');
  if (request.seed !== undefined) lost.push('seed');
  if (request.n !== undefined && request.n > 1) lost.push('n');
  if (request.frequencyPenalty) lost.push('frequency_penalty');
  if (request.presencePenalty) lost.push('presence_penalty');
  if (!isOwn) lost.push(...Object.keys(request.extra));
}

/** Less is a 400. */
const SMALLEST_CAP = 16;

function writeCap(cap: number | undefined, lost: string[]): number | undefined {
  if (cap === undefined || cap >= SMALLEST_CAP) return cap;
  lost.push('max_tokens');
  return SMALLEST_CAP;
}

/** Schemas need a name here. */
function writeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined) return undefined;
  if (format.kind !== 'json-schema') return { type: format.kind === 'text' ? 'text' : 'json_object' };
  const { name = 'response', description, schema, strict } = format;
  return compact({ type: 'json_schema', name, description, schema, strict });
}

function writeReasoning(request: NeutralRequest, target: OutboundTarget, lost: string[]): JsonObject | undefined {
  const { reasoning } = request;
  if (reasoning === undefined) return undefined;
  const effort = effortOf(reasoning);
  if (target.capabilities !== null && !target.capabilities.has('reasoning')) {
    if (effort !== undefined && effort !== 'none') lost.push('reasoning_effort');
    return undefined;
  }
  if (effort === undefined && reasoning.enabled === false) lost.push('reasoning.enabled');
  const summary = reasoning.includeThoughts === true ? 'auto' : undefined;
  const written = compact<JsonObject>({ effort, summary });
  return Object.keys(written).length > 0 ? written : undefined;
}

const TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'scale', 'priority']);

/** Tier names are a provider's own; chat completions share these. */
function writeServiceTier(request: NeutralRequest, isOwn: boolean, lost: string[]): string | undefined {
  const tier = request.serviceTier;
  if (isOwn || tier === undefined) return tier;
  if (request.dialect === 'openai-chat' && TIERS.has(tier)) return tier;
  if (tier !== 'auto') lost.push('service_tier');
  return undefined;
}
