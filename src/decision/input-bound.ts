import type { JsonObject } from '#core';
import type { Model, Provider, Route } from '#snapshot';
import { hiddenPromptTokens, imageTokensAtMost, searchesByItself } from './model-extras.ts';
import type { RequestFacts } from './types.ts';

// More than any model reads today; a model that matters declares its own.
const UNDECLARED_WINDOW = 1_048_576;
const PROMPT_TOKENS = 32;
/** Parameters by which a provider brings in what no body holds. */
const READS_MORE = ['tools', 'plugins', 'web_search_options', 'mcp_servers', 'container', 'cachedContent'];

/** What reads a request. */
export interface InputReader {
  readonly model: Model | null;
  readonly provider: Provider | null;
  /** Parameters that policy sets for it. */
  readonly params: JsonObject;
}

/**
 * The most input tokens that one call can be charged: the bound of text and audio with what the route adds, or the model's context window where that is smaller
 * or nothing else bounds it, and every image at its largest. Where the count is exact, that count: a recorded one, or the sandbox's, which counts as the
 * estimate does. Pure.
 */
export function inputBoundOf(request: RequestFacts, route: Pick<Route, 'prompt'>, reader: InputReader): number {
  const { inputTokensAtMost, images } = request;
  const { model, provider, params } = reader;
  if (inputTokensAtMost === undefined) return request.inputTokens;
  if (provider?.dialect === 'sandbox') return request.inputTokens + promptTokens(route.prompt);
  const window = takesTextsApart(request.endpoint)
    ? (inputTokensAtMost ?? UNDECLARED_WINDOW)
    : Math.max(model?.contextWindow ?? UNDECLARED_WINDOW, request.askedWindow ?? 0);
  const isOpen = inputTokensAtMost === null || searchesByItself(model) || READS_MORE.some((name) => name in params);
  const text = isOpen
    ? window
    : inputTokensAtMost + promptTokens(route.prompt) + paramTokens(params) + hiddenPromptTokens(model);
  return Math.min(window, text) + (images === 0 ? 0 : images * imageTokensAtMost(model));
}

/** Whether one call brings many texts, of which each has the model's whole window. Pure. */
export function takesTextsApart(endpoint: RequestFacts['endpoint']): boolean {
  return endpoint === 'embeddings' || endpoint === 'rerank' || endpoint === 'moderations';
}

function promptTokens({ bytesAtMost }: Route['prompt']): number {
  return bytesAtMost === 0 ? 0 : bytesAtMost + PROMPT_TOKENS;
}

/** Schemas and the like; figures and switches are not read by the model. */
function paramTokens(params: JsonObject): number {
  let bytes = 0;
  for (const name in params) {
    const value = params[name];
    if (typeof value === 'string' || (typeof value === 'object' && value !== null)) {
      bytes += Buffer.byteLength(JSON.stringify(value));
    }
  }
  return bytes;
}
