import type { AssistantPart, JsonObject, Message, NeutralRequest, UserPart } from '#core';
import { compact } from '../compact.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { plainText } from '../plain-text.ts';
import { promptAround } from '../prompt-around.ts';
import { applyPolicy } from './policy.ts';

export const COMPLETIONS_PATH = '/completions';

/** The most that the API tells of other tokens. */
const MAX_TOP = 5;

/** Writes a completion request: one text alone as it is, a conversation as a transcript that the model goes on with. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const { logprobs } = request;
  const isOwn = request.dialect === 'openai-completions';
  if ((logprobs?.top ?? 0) > MAX_TOP && !isOwn) lost.push('top_logprobs');
  nameLost(request, isOwn, lost);
  const body = compact<JsonObject>({
    ...(isOwn ? request.extra : {}),
    model: target.upstreamModel,
    prompt: transcript(promptAround(request.messages, target.prompt), lost),
    max_tokens: request.maxOutputTokens ?? target.defaultMaxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    n: request.n,
    stream: request.stream ? true : undefined,
    stream_options: request.stream && !target.quirks.noStreamOptions ? { include_usage: true } : undefined,
    logprobs: logprobs === undefined ? undefined : isOwn ? (logprobs.top ?? 0) : Math.min(logprobs.top ?? 0, MAX_TOP),
    stop: request.stop !== undefined && request.stop.length > 0 ? request.stop : undefined,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    seed: request.seed,
    user: request.user,
  });
  return { path: COMPLETIONS_PATH, query: {}, headers: {}, body: applyPolicy(body, target, lost), lost };
}

/** Names what a model that only goes on with a text cannot be told. */
function nameLost(request: NeutralRequest, isOwn: boolean, lost: string[]): void {
  if (request.tools.length > 0) lost.push('tools');
  if (request.topK !== undefined) lost.push('top_k');
  if (request.responseFormat !== undefined && request.responseFormat.kind !== 'text') lost.push('response_format');
  if (request.reasoning !== undefined && request.reasoning.effort !== 'none') lost.push('reasoning_effort');
  if (request.serviceTier !== undefined && request.serviceTier !== 'auto') lost.push('service_tier');
  if (!isOwn) lost.push(...Object.keys(request.extra));
}

const NAMES = { system: 'System', developer: 'System', user: 'User', assistant: 'Assistant' } as const;

function transcript(messages: readonly Message[], lost: string[]): string {
  const turns = messages.map(({ role, content }, at) => ({
    role,
    text: content.flatMap((part, index) => textOf(part, `messages[${at}].content[${index}]`, lost)).join('\n'),
  }));
  const [only] = turns;
  if (turns.length === 1 && only?.role === 'user') return only.text;
  return [...turns.map(({ role, text }) => `${NAMES[role]}: ${text}`), 'Assistant:'].join('\n\n');
}

function textOf(part: UserPart | AssistantPart, path: string, lost: string[]): string[] {
  if (part.kind === 'text' || part.kind === 'refusal') return [part.text];
  const text = part.kind === 'document' ? plainText(part) : null;
  if (text !== null) return [text.text];
  lost.push(`${path} (${part.kind === 'opaque' ? part.type : part.kind})`);
  return [];
}
