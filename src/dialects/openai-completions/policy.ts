import { asNumber, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';

/** What the API takes where the caller names no cap. */
export const DEFAULT_MAX_TOKENS = 16;

const NAMES: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_tokens',
  max_output_tokens: 'max_tokens',
};
/** Parameters of chat completions that this API has nothing like. */
const UNKNOWN: ReadonlySet<string> = new Set([
  ...['reasoning_effort', 'response_format', 'parallel_tool_calls', 'tool_choice', 'top_logprobs', 'service_tier'],
]);

/** What policy and the provider's quirks change in a body, of whichever caller; the cap last, so that no parameter lifts it. Pure but for `lost`. */
export function applyPolicy(body: JsonObject, target: OutboundTarget, lost: string[]): JsonObject {
  const changed: Record<string, unknown> = { ...body, model: target.upstreamModel };
  for (const [name, value] of Object.entries(target.params)) {
    const key = NAMES[name] ?? name;
    if (UNKNOWN.has(name)) {
      if (value !== null) lost.push(`params.${name}`);
    } else if (value === null) delete changed[key];
    else changed[key] = value;
  }
  const { maxOutputTokens, quirks } = target;
  const cap = asNumber(changed.max_tokens) ?? DEFAULT_MAX_TOKENS;
  if (maxOutputTokens !== null && cap > maxOutputTokens) changed.max_tokens = maxOutputTokens;
  for (const name of quirks.dropParams) {
    if (changed[name] === undefined) continue;
    delete changed[name];
    lost.push(name);
  }
  return changed;
}
