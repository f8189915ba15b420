import {
  invalidField,
  type JsonObject,
  type NeutralRequest,
  type ResponseFormat,
  type Tool,
  type ToolChoice,
} from '#core';
import { compact } from '../compact.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { writeFunctionTools } from '../function-tools.ts';
import { promptAround } from '../prompt-around.ts';
import { applyPolicy } from './policy.ts';
import { canThink, writeThinking } from './thinking.ts';
import { writeMessages } from './write-messages.ts';

export const CHAT_PATH = '/chat';

/** Writes a chat request of Cohere's version 2. */
export function writeRequest(request: NeutralRequest, target: OutboundTarget): WrittenRequest {
  const lost: string[] = [];
  const { logprobs } = request;
  const isOwn = request.dialect === 'cohere-chat';
  if (logprobs?.top) lost.push('top_logprobs');
  nameLost(request, isOwn, lost);
  const { tools, choice } = narrow(request.tools, request.toolChoice);
  const written = writeFunctionTools(tools, 'cohere-chat', lost);
  const messages = writeMessages(promptAround(request.messages, target.prompt), { lost, canThink: canThink(target) });
  // Where something was lost, that is the reason, and another target may serve it.
  if (messages.length === 0 && lost.length === 0)
    throw invalidField('messages', 'expected at least one message with content');
  const isStrict = tools.some((tool) => tool.kind === 'function' && tool.strict === true);
  const body = compact<JsonObject>({
    ...(isOwn ? request.extra : {}),
    model: target.upstreamModel,
    messages,
    // Without the field the answer's form is another one.
    stream: request.stream,
    tools: written.length > 0 ? written : undefined,
    tool_choice: written.length > 0 ? choice : undefined,
    strict_tools: written.length > 0 && isStrict ? true : undefined,
    max_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    p: request.topP,
    k: request.topK,
    stop_sequences: request.stop !== undefined && request.stop.length > 0 ? request.stop : undefined,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    logprobs: logprobs === undefined ? undefined : true,
    response_format: writeFormat(request.responseFormat),
    thinking: writeThinking(request.reasoning, target, lost),
  });
  return { path: CHAT_PATH, query: {}, headers: {}, body: applyPolicy(body, target, lost), lost };
}

/** Names the parameters that the API has none for. */
function nameLost(request: NeutralRequest, isOwn: boolean, lost: string[]): void {
  if (request.n !== undefined && request.n > 1) lost.push('n');
  if (request.parallelToolCalls === false) lost.push('parallel_tool_calls');
  if (request.user !== undefined) lost.push('user');
  if (request.serviceTier !== undefined && request.serviceTier !== 'auto') lost.push('service_tier');
  if (!isOwn) lost.push(...Object.keys(request.extra));
}

/** A tool cannot be named in the choice; it is the only one on offer then. */
function narrow(tools: readonly Tool[], choice: ToolChoice | undefined) {
  switch (choice?.kind) {
    case undefined:
    case 'auto':
      return { tools, choice: undefined };
    case 'none':
      return { tools, choice: 'NONE' };
    case 'required':
      return { tools, choice: 'REQUIRED' };
    case 'tool':
      return {
        tools: tools.filter((tool) => tool.kind === 'function' && tool.name === choice.name),
        choice: 'REQUIRED',
      };
  }
}

function writeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined || format.kind === 'text') return undefined;
  if (format.kind === 'json-object') return { type: 'json_object' };
  return { type: 'json_object', json_schema: format.schema };
}
