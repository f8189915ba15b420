import type { Finish, FinishReason, JsonObject } from '#core';

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  // Together and older vLLM.
  eos: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  // Mistral: the context window, not the cap, was full.
  model_length: 'context-window',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  // Zhipu.
  sensitive: 'content-filter',
};

/**
 * Reads a finish reason. A forced tool call ends in `stop` at OpenAI, a refusal too: both are told by the content.
 * An empty word or null with content counts as `other`.
 */
export function readFinish(
  word: string | undefined,
  content: { readonly hasToolCalls: boolean; readonly hasRefusal: boolean },
): Finish {
  const known = word === undefined ? undefined : REASONS[word];
  const raw = word ? { raw: word } : {};
  if (content.hasToolCalls && (known === 'stop' || known === undefined)) return { reason: 'tool-calls', ...raw };
  if (content.hasRefusal && known === 'stop') return { reason: 'refusal', ...raw };
  return { reason: known ?? 'other', ...raw };
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-window': 'length',
  // The answer is unfinished, and the closed list of the API has no better word.
  pause: 'length',
  'malformed-tool-call': 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
  other: 'stop',
};

/**
 * Writes a finish reason in the API's closed list; what that list cannot say stands beside it as `native_finish_reason`,
 * OpenRouter's name for the provider's own word. A refusal that is spelled out in `refusal` ends in `stop`, as at OpenAI.
 */
export function writeFinish(finish: Finish, has: { readonly refusal: boolean; readonly legacy: boolean }): JsonObject {
  const { reason, raw } = finish;
  const isExact = reason === 'stop' || reason === 'length' || reason === 'tool-calls' || reason === 'content-filter';
  const native = isExact ? undefined : (raw ?? reason);
  const word =
    reason === 'tool-calls' && has.legacy
      ? 'function_call'
      : reason === 'refusal' && has.refusal
        ? 'stop'
        : WORDS[reason];
  return { finish_reason: word, ...(native === undefined || native === word ? {} : { native_finish_reason: native }) };
}
