import { asNumber, asObject, isObject, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';

/** Neutral wire names that are spelled otherwise here. */
const NAMES: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
};
/** Parameters of chat completions that this API has nothing like. */
const UNKNOWN: ReadonlySet<string> = new Set([
  ...['stop', 'stop_sequences', 'seed', 'n', 'frequency_penalty', 'presence_penalty', 'logit_bias', 'top_k'],
]);

/** What policy and the provider's quirks change in a body, of whichever caller; the cap last, so that no parameter lifts it. Pure but for `lost`. */
export function applyPolicy(body: JsonObject, target: OutboundTarget, lost: string[]): JsonObject {
  const changed: Record<string, unknown> = { ...body, model: target.upstreamModel };
  for (const [name, value] of Object.entries(target.params)) setParam(changed, name, value, lost);
  const cap = asNumber(changed.max_output_tokens);
  const { maxOutputTokens, quirks } = target;
  if (maxOutputTokens !== null && (cap === undefined || cap > maxOutputTokens))
    changed.max_output_tokens = maxOutputTokens;
  for (const name of quirks.dropParams) {
    const key = NAMES[name] ?? name;
    if (changed[key] === undefined) continue;
    delete changed[key];
    lost.push(name);
  }
  return changed;
}

function setParam(body: Record<string, unknown>, name: string, value: unknown, lost: string[]): void {
  if (UNKNOWN.has(name)) {
    if (value !== null) lost.push(`params.${name}`);
  } else if (name === 'reasoning_effort') body.reasoning = { ...asObject(body.reasoning), effort: value ?? undefined };
  else if (name === 'response_format') body.text = { ...asObject(body.text), format: formatOf(value) };
  else if (value === null) delete body[NAMES[name] ?? name];
  else body[NAMES[name] ?? name] = value;
}

/** A chat completion's `response_format` in this API's form. */
function formatOf(value: unknown): unknown {
  if (!isObject(value) || !isObject(value.json_schema)) return value;
  return { type: 'json_schema', ...value.json_schema };
}
