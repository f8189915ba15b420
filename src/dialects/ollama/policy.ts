import { asArray, asNumber, asObject, asString, isObject, type JsonObject, type Reasoning } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import { writeThink } from './think.ts';

/** Neutral wire names that are spelled otherwise here. */
const NAMES: Readonly<Record<string, string>> = {
  max_tokens: 'num_predict',
  max_completion_tokens: 'num_predict',
  max_output_tokens: 'num_predict',
};
const TOP: ReadonlySet<string> = new Set(['keep_alive', 'think', 'format', 'logprobs', 'top_logprobs']);
/** Parameters of other dialects that this API has nothing like. */
const UNKNOWN: ReadonlySet<string> = new Set([
  ...['n', 'logit_bias', 'parallel_tool_calls', 'tool_choice', 'user', 'service_tier', 'store', 'metadata'],
]);

/** What policy and the provider's quirks change in a body, of whichever caller; the cap last, so that no parameter lifts it. Pure but for `lost`. */
export function applyPolicy(body: JsonObject, target: OutboundTarget, lost: string[]): JsonObject {
  const top: Record<string, unknown> = { ...body, model: target.upstreamModel };
  const options: Record<string, unknown> = { ...asObject(body.options) };
  for (const [name, value] of Object.entries(target.params)) setParam({ top, options }, name, value, target, lost);
  const { maxOutputTokens, quirks } = target;
  const cap = asNumber(options.num_predict);
  if (maxOutputTokens !== null && (cap === undefined || cap < 0 || cap > maxOutputTokens)) {
    options.num_predict = maxOutputTokens;
  }
  const stops = asArray(options.stop);
  if (quirks.maxStopSequences !== null && stops.length > quirks.maxStopSequences) {
    options.stop = stops.slice(0, quirks.maxStopSequences);
    for (let at = quirks.maxStopSequences; at < stops.length; at++) lost.push(`stop[${at}]`);
  }
  for (const name of quirks.dropParams) {
    const key = NAMES[name] ?? name;
    const place = options[key] === undefined ? top : options;
    if (place[key] === undefined) continue;
    delete place[key];
    lost.push(name);
  }
  const isSame = JSON.stringify(options) === JSON.stringify(asObject(body.options));
  return isSame ? top : { ...top, options };
}

function setParam(
  { top, options }: { readonly top: Record<string, unknown>; readonly options: Record<string, unknown> },
  name: string,
  value: unknown,
  target: OutboundTarget,
  lost: string[],
): void {
  const key = NAMES[name] ?? name;
  if (UNKNOWN.has(name)) {
    if (value !== null) lost.push(`params.${name}`);
  } else if (name === 'reasoning_effort') {
    const effort = asString(value) as NonNullable<Reasoning['effort']>;
    top.think = writeThink({ effort }, target, lost);
  } else if (name === 'response_format') top.format = formatOf(value);
  else if (TOP.has(key)) top[key] = value ?? undefined;
  else if (value === null) delete options[key];
  else options[key] = value;
}

function formatOf(value: unknown): unknown {
  const format = asObject(value);
  if (isObject(format.json_schema)) return format.json_schema.schema;
  return format.type === 'json_object' ? 'json' : undefined;
}
