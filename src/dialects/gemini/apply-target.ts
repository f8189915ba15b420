import { isObject, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import type { ModelFamily } from './model-family.ts';
import { camelCase, fieldOf, keyOf } from './spelling.ts';
import { writeThinking } from './thinking.ts';
import { writeFormat } from './write-config.ts';

/** Neutral wire names whose Gemini name is not their camelCase. */
const CONFIG_KEYS: Readonly<Record<string, string>> = {
  max_tokens: 'maxOutputTokens',
  max_completion_tokens: 'maxOutputTokens',
  stop: 'stopSequences',
  n: 'candidateCount',
  logprobs: 'responseLogprobs',
  top_logprobs: 'logprobs',
  reasoning_effort: 'thinkingConfig',
};
/** Fields beside `generationConfig`. */
const TOP_KEYS = new Set(['safetySettings', 'cachedContent', 'labels', 'toolConfig', 'tools', 'serviceTier']);
/** Parameters of other dialects that Gemini has nothing like. */
const UNKNOWN = new Set(['user', 'parallel_tool_calls', 'store', 'metadata', 'logit_bias', 'stream_options', 'stream']);

/** A body in the making: `config` is its `generationConfig`, `top` the other fields. */
export interface EditableBody {
  readonly config: Record<string, unknown>;
  readonly top: Record<string, unknown>;
}

/** Sets what policy asks for: parameters first, then the provider's quirks, and the output cap last, so that no parameter lifts it. */
export function applyTarget(body: EditableBody, target: OutboundTarget, family: ModelFamily, lost: Set<string>): void {
  for (const [name, value] of Object.entries(target.params)) setParam(body, name, value, family, lost);
  const { dropParams, renameParams, maxStopSequences } = target.quirks;
  for (const name of dropParams) dropParam(body, name, lost);
  for (const [from, to] of Object.entries(renameParams)) renameParam(body, from, to);
  if (maxStopSequences !== null) cutStops(body.config, maxStopSequences, lost);
  if (target.maxOutputTokens !== null) setField(body.config, 'maxOutputTokens', target.maxOutputTokens);
}

function setParam(body: EditableBody, name: string, value: unknown, family: ModelFamily, lost: Set<string>): void {
  if (UNKNOWN.has(name)) {
    lost.add(`params.${name}`);
    return;
  }
  if (name === 'response_format') {
    setFormat(body.config, value, family, lost);
    return;
  }
  const key = CONFIG_KEYS[name] ?? camelCase(name);
  if (TOP_KEYS.has(key)) setField(body.top, key, value);
  else if (name === 'reasoning_effort') setEffort(body.config, value, family, lost);
  else if (key === 'stopSequences') setField(body.config, key, typeof value === 'string' ? [value] : value);
  else setField(body.config, key, value);
}

function setEffort(config: Record<string, unknown>, value: unknown, family: ModelFamily, lost: Set<string>): void {
  const effort = EFFORTS.find((word) => word === value);
  const thinking = effort === undefined ? null : writeThinking({ effort }, family);
  if (thinking === null) lost.add('params.reasoning_effort');
  else setField(config, 'thinkingConfig', thinking);
}

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

function setFormat(config: Record<string, unknown>, value: unknown, family: ModelFamily, lost: Set<string>): void {
  const format = isObject(value) ? value : {};
  const schema = isObject(format.json_schema) ? format.json_schema.schema : undefined;
  for (const key of ['responseMimeType', 'responseSchema', 'responseJsonSchema']) setField(config, key, undefined);
  if (format.type === 'json_object') Object.assign(config, writeFormat({ kind: 'json-object' }, family, lost));
  else if (format.type === 'json_schema' && isObject(schema)) {
    Object.assign(config, writeFormat({ kind: 'json-schema', schema }, family, lost));
  } else if (format.type !== 'text') lost.add('params.response_format');
}

function dropParam(body: EditableBody, name: string, lost: Set<string>): void {
  const key = CONFIG_KEYS[name] ?? camelCase(name);
  for (const object of [body.config, body.top]) {
    if (fieldOf(object, key) === undefined) continue;
    setField(object, key, undefined);
    lost.add(name);
  }
}

function renameParam(body: EditableBody, from: string, to: string): void {
  const key = CONFIG_KEYS[from] ?? camelCase(from);
  for (const object of [body.config, body.top]) {
    const value = fieldOf(object, key);
    if (value === undefined) continue;
    setField(object, key, undefined);
    object[to] = value;
  }
}

function cutStops(config: Record<string, unknown>, most: number, lost: Set<string>): void {
  const stops = fieldOf(config, 'stopSequences');
  if (!Array.isArray(stops) || stops.length <= most) return;
  setField(config, 'stopSequences', stops.slice(0, most));
  lost.add(`stop[${most}]`);
}

/** Sets a field under the spelling that the object has already, so that it never stands there twice; undefined removes it. */
export function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  const key = keyOf(object, name, 'generationConfig');
  if (value === undefined) delete object[key];
  else object[key] = value;
}

/** The object without empty `generationConfig`. */
export function closeBody(body: EditableBody): JsonObject {
  return Object.keys(body.config).length === 0 ? body.top : { ...body.top, generationConfig: body.config };
}
