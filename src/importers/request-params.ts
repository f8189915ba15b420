import { isObject, type JsonObject } from '#core';

/** Fields of a request that a target may set, as OpenAI and its kin name them. */
const PARAMS: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'stop',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'verbosity',
  'service_tier',
  'parallel_tool_calls',
  'tool_choice',
  'user',
  'store',
]);

/** Whether a field is a parameter of the request. */
export function isRequestParam(name: string): boolean {
  return PARAMS.has(name);
}

/** The parameters among fields; undefined when there are none. */
export function requestParams(value: unknown): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const found = Object.entries(value).filter(
    ([key, inner]) => PARAMS.has(key) && inner !== null && inner !== undefined,
  );
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
