import { asArray, asNumber, isObject, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import { effortSetting, writeThinking } from './thinking.ts';

/** Neutral wire names that are spelled otherwise here. */
const NAMES: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_tokens',
  max_output_tokens: 'max_tokens',
  top_p: 'p',
  top_k: 'k',
  stop: 'stop_sequences',
};
/** Parameters of other dialects that this API has nothing like. */
const UNKNOWN: ReadonlySet<string> = new Set([
  ...['n', 'logit_bias', 'top_logprobs', 'parallel_tool_calls', 'user', 'service_tier', 'store', 'metadata'],
]);

/** What policy and the provider's quirks change in a body, of whichever caller; the cap last, so that no parameter lifts it. Pure but for `lost`. */
export function applyPolicy(body: JsonObject, target: OutboundTarget, lost: string[]): JsonObject {
  const changed: Record<string, unknown> = { ...body, model: target.upstreamModel };
  for (const [name, value] of Object.entries(target.params)) setParam(changed, name, value, target, lost);
  const { maxOutputTokens, quirks } = target;
  const cap = asNumber(changed.max_tokens);
  if (maxOutputTokens !== null && (cap === undefined || cap > maxOutputTokens)) changed.max_tokens = maxOutputTokens;
  const stops = asArray(changed.stop_sequences);
  if (quirks.maxStopSequences !== null && stops.length > quirks.maxStopSequences) {
    changed.stop_sequences = stops.slice(0, quirks.maxStopSequences);
    for (let at = quirks.maxStopSequences; at < stops.length; at++) lost.push(`stop[${at}]`);
  }
  for (const name of quirks.dropParams) {
    const key = NAMES[name] ?? name;
    if (changed[key] === undefined) continue;
    delete changed[key];
    lost.push(name);
  }
  return changed;
}

function setParam(
  body: Record<string, unknown>,
  name: string,
  value: unknown,
  target: OutboundTarget,
  lost: string[],
): void {
  const key = NAMES[name] ?? name;
  if (UNKNOWN.has(name)) {
    if (value !== null) lost.push(`params.${name}`);
  } else if (name === 'reasoning_effort') body.thinking = writeThinking(effortSetting(value), target, lost);
  else if (value === null) delete body[key];
  else if (name === 'stop' && typeof value === 'string') body[key] = [value];
  else if (name === 'response_format' && isObject(value) && isObject(value.json_schema)) {
    body[key] = { type: 'json_object', json_schema: value.json_schema.schema };
  } else body[key] = value;
}
