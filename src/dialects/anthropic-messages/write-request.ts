import { asObject, invalidField, type JsonObject, type NeutralRequest } from '#core';
import { type ClaudeTraits, claudeTraits } from '../claude.ts';
import { fitThinking, writeThinking } from '../claude-thinking.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { withAnswerFormat } from './answer-format.ts';
import { policyEdits, serviceTier } from './policy-edits.ts';
import { quirkEdits } from './quirks.ts';
import { writeMessages } from './write-messages.ts';
import { plainText } from './write-parts.ts';
import { writeTools } from './write-tools.ts';

export const MESSAGES_PATH = '/messages';
export const API_HEADERS = Object.freeze({ 'anthropic-version': '2023-06-01' });

/** Writes a request for the Messages API; throws `invalid_request` for tool arguments that are not a JSON object. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const traits = traitsOf(target);
  const written = writeBody(request, traits, lost);
  let body = apply(written, policyEdits(written, target, traits, lost));
  body = apply(body, fitThinking(body, traits, lost, { thinking: 'reasoning_effort' }));
  body = withAnswerFormat(body, request.responseFormat, traits, target.capabilities);
  body = apply(body, quirkEdits(body, target.quirks, lost));
  return { path: MESSAGES_PATH, query: {}, headers: API_HEADERS, body, lost: [...new Set(lost)] };
}

/** The traits of the target's model; a model document that denies reasoning is believed. */
export function traitsOf(target: OutboundTarget): ClaudeTraits {
  const traits = claudeTraits(target.upstreamModel);
  const canReason = target.capabilities?.has('reasoning') ?? true;
  return canReason ? traits : { ...traits, thinking: 'none' };
}

/** The body with the edits made: undefined removes. Pure. */
export function apply(body: JsonObject, edits: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries({ ...body, ...edits }).filter(([, value]) => value !== undefined));
}

function writeBody(request: NeutralRequest, traits: ClaudeTraits, lost: string[]): JsonObject {
  const { system, turns } = writeMessages(request.messages, lost);
  // Where something was lost, that is the reason, and another target may serve it.
  if (turns.length === 0 && lost.length === 0)
    throw invalidField('messages', 'expected at least one message with content');
  const { thinking, effort, lost: lostThinking } = writeThinking(request.reasoning, traits, isOwn(request));
  if (lostThinking) lost.push('reasoning_effort');
  const extra = writeExtra(request, lost);
  return {
    ...extra,
    model: request.model,
    max_tokens: request.maxOutputTokens,
    system: system.length === 0 ? undefined : (plainText(system) ?? system),
    messages: turns.map(({ role, content }) => ({ role, content: plainText(content) ?? content })),
    ...writeTools(request, traits, lost),
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: writeStop(request, lost),
    ...(thinking === undefined ? {} : { thinking }),
    ...(effort === undefined ? {} : { output_config: { ...asObject(extra.output_config), effort } }),
    ...(request.user === undefined ? {} : { metadata: { ...asObject(extra.metadata), user_id: request.user } }),
    service_tier: writeTier(request, lost),
    stream: request.stream ? true : undefined,
  };
}

function isOwn(request: NeutralRequest): boolean {
  return request.dialect === 'anthropic-messages';
}

/** Names the parameters that the API has none for; fields it alone knows are kept when they come from this dialect. */
function writeExtra(request: NeutralRequest, lost: string[]): JsonObject {
  if (request.seed !== undefined) lost.push('seed');
  if (request.n !== undefined && request.n > 1) lost.push('n');
  if (request.frequencyPenalty) lost.push('frequency_penalty');
  if (request.presencePenalty) lost.push('presence_penalty');
  if (request.logprobs !== undefined) lost.push('logprobs');
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(request.extra)) {
    // A path names a field inside a block or tool, whose place the neutral form does not keep.
    if (isOwn(request) && !key.includes('[')) own[key] = value;
    else lost.push(key);
  }
  return own;
}

function writeStop(request: NeutralRequest, lost: string[]): readonly string[] | undefined {
  // Blank sequences are refused.
  const stop = request.stop?.filter((sequence, at) => {
    if (sequence.trim() !== '') return true;
    lost.push(`stop[${at}]`);
    return false;
  });
  return stop === undefined || stop.length === 0 ? undefined : stop;
}

function writeTier(request: NeutralRequest, lost: string[]): string | undefined {
  if (request.serviceTier === undefined) return undefined;
  const tier = serviceTier(request.serviceTier);
  if (tier === undefined) lost.push('service_tier');
  return tier;
}
