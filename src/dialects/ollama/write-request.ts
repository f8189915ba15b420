import { invalidField, type JsonObject, type NeutralRequest, type ResponseFormat } from '#core';
import { compact } from '../compact.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { writeFunctionTools } from '../function-tools.ts';
import { promptAround } from '../prompt-around.ts';
import { applyPolicy } from './policy.ts';
import { writeThink } from './think.ts';
import { writeMessages } from './write-messages.ts';

export const CHAT_PATH = '/chat';

/** Writes a chat request of Ollama's own API. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const { logprobs } = request;
  const own = request.dialect === 'ollama' ? ownFields(request.extra) : { top: {}, options: {} };
  nameLost(request, lost);
  // There is no choice: tools that must not be used are not offered.
  const tools = request.toolChoice?.kind === 'none' ? [] : writeFunctionTools(request.tools, 'ollama', lost);
  const messages = writeMessages(promptAround(request.messages, target.prompt), {
    lost,
    systemRole: target.quirks.systemRole,
  });
  // Where something was lost, that is the reason, and another target may serve it.
  if (messages.length === 0 && lost.length === 0)
    throw invalidField('messages', 'expected at least one message with content');
  const options = compact<JsonObject>({
    ...own.options,
    num_predict: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop: request.stop !== undefined && request.stop.length > 0 ? request.stop : undefined,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
  });
  const body = compact<JsonObject>({
    ...own.top,
    model: target.upstreamModel,
    messages,
    // Without the field the answer is a stream.
    stream: request.stream,
    tools: tools.length > 0 ? tools : undefined,
    format: writeFormat(request.responseFormat),
    think: writeThink(request.reasoning, target, lost),
    logprobs: logprobs === undefined ? undefined : true,
    top_logprobs: logprobs?.top,
    options: Object.keys(options).length > 0 ? options : undefined,
  });
  return { path: CHAT_PATH, query: {}, headers: {}, body: applyPolicy(body, target, lost), lost };
}

function ownFields(extra: JsonObject) {
  const top: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(extra)) {
    if (key.startsWith('options.')) options[key.slice('options.'.length)] = value;
    else top[key] = value;
  }
  return { top, options };
}

/** Names the parameters that the API has none for. */
function nameLost(request: NeutralRequest, lost: string[]): void {
  const { toolChoice, tools } = request;
  if (request.n !== undefined && request.n > 1) lost.push('n');
  if (tools.length > 0 && (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool')) lost.push('tool_choice');
  if (request.parallelToolCalls === false && tools.length > 0) lost.push('parallel_tool_calls');
  if (request.user !== undefined) lost.push('user');
  if (request.serviceTier !== undefined && request.serviceTier !== 'auto') lost.push('service_tier');
  if (request.dialect !== 'ollama') lost.push(...Object.keys(request.extra));
}

function writeFormat(format: ResponseFormat | undefined): unknown {
  if (format === undefined || format.kind === 'text') return undefined;
  return format.kind === 'json-object' ? 'json' : format.schema;
}
