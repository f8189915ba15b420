import { asArray, asNumber, asObject, isObject, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import { effortSetting, fitClaude, thinkingFields, topKFields, withoutUndefined } from './thinking.ts';

/** Neutral wire names that have a field in `inferenceConfig`. */
const CONFIG: Readonly<Record<string, string>> = {
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  max_output_tokens: 'maxTokens',
  temperature: 'temperature',
  top_p: 'topP',
  stop: 'stopSequences',
  stop_sequences: 'stopSequences',
};
/** Top-level fields of this API that a policy may set by their own names. */
const OWN: ReadonlySet<string> = new Set([
  ...['guardrailConfig', 'performanceConfig', 'requestMetadata', 'additionalModelResponseFieldPaths', 'outputConfig'],
]);

/** What policy and the provider's quirks change in a body, of whichever caller; the cap last, so that no parameter lifts it. Pure but for `lost`. */
export function applyPolicy(body: JsonObject, target: OutboundTarget, lost: string[]): JsonObject {
  let changed: JsonObject = body;
  for (const [name, value] of Object.entries(target.params)) {
    if (value !== undefined) changed = setParam(changed, name, value, target, lost);
  }
  changed = dropParams(changed, target, lost);
  const { maxOutputTokens, quirks } = target;
  const config = asObject(changed.inferenceConfig);
  const cap = asNumber(config.maxTokens);
  if (maxOutputTokens !== null && (cap === undefined || cap > maxOutputTokens)) {
    changed = { ...changed, inferenceConfig: { ...config, maxTokens: maxOutputTokens } };
  }
  const stops = asArray(config.stopSequences);
  if (quirks.maxStopSequences !== null && stops.length > quirks.maxStopSequences) {
    const stopSequences = stops.slice(0, quirks.maxStopSequences);
    changed = { ...changed, inferenceConfig: { ...asObject(changed.inferenceConfig), stopSequences } };
    for (let at = quirks.maxStopSequences; at < stops.length; at++) lost.push(`stop[${at}]`);
  }
  // The caller's own mistakes are for the API to answer; only a body that policy changed is made to fit its rules.
  if (changed === body) return body;
  return fitClaude(changed, target.upstreamModel, target.capabilities?.has('reasoning') ?? true, lost);
}

function setParam(body: JsonObject, name: string, value: unknown, target: OutboundTarget, lost: string[]): JsonObject {
  const key = CONFIG[name];
  if (key !== undefined) {
    const own = key === 'stopSequences' && typeof value === 'string' ? [value] : value;
    return {
      ...body,
      inferenceConfig: withoutUndefined({ ...asObject(body.inferenceConfig), [key]: own ?? undefined }),
    };
  }
  if (name === 'top_k' || name === 'reasoning_effort') {
    const canReason = target.capabilities?.has('reasoning') ?? true;
    const fields =
      name === 'top_k'
        ? topKFields(target.upstreamModel, value)
        : thinkingFields(effortSetting(value), target.upstreamModel, canReason, lost);
    if (fields === null) lost.push('params.top_k');
    if (!isObject(fields)) return body;
    return { ...body, additionalModelRequestFields: { ...asObject(body.additionalModelRequestFields), ...fields } };
  }
  if (name === 'service_tier') {
    const tier = serviceTier(value);
    if (tier === null) lost.push('params.service_tier');
    return tier == null ? body : { ...body, serviceTier: tier };
  }
  if (OWN.has(name)) return { ...body, [name]: value ?? undefined };
  if (name === 'additionalModelRequestFields' && isObject(value)) {
    return { ...body, [name]: { ...asObject(body[name]), ...value } };
  }
  if (value !== null) lost.push(`params.${name}`);
  return body;
}

/** The tier in this API's words: undefined for the account's own, null for one that it does not know. Pure. */
export function serviceTier(tier: unknown): JsonObject | undefined | null {
  if (tier === undefined || tier === null || tier === 'auto') return undefined;
  return ['priority', 'default', 'flex', 'reserved'].includes(String(tier)) ? { type: tier } : null;
}

function dropParams(body: JsonObject, target: OutboundTarget, lost: string[]): JsonObject {
  let changed = body;
  for (const name of target.quirks.dropParams) {
    const key = CONFIG[name] ?? name;
    const config = asObject(changed.inferenceConfig);
    if (config[key] !== undefined) {
      changed = { ...changed, inferenceConfig: withoutUndefined({ ...config, [key]: undefined }) };
      lost.push(name);
    } else if (changed[key] !== undefined) {
      changed = { ...changed, [key]: undefined };
      lost.push(name);
    }
  }
  return changed;
}
