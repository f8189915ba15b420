import {
  asNumber,
  invalidField,
  isObject,
  type JsonObject,
  type NeutralRequest,
  omit,
  type Reasoning,
  type ResponseFormat,
} from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { readFunctionTools } from '../function-tools.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';
import { readMessages } from './read-messages.ts';

export { writeRequest } from './write-request.ts';

/** Every top-level field that has a place in the neutral form, or none elsewhere: how long a server keeps a model loaded is its own affair. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'tools', 'stream', 'format', 'options', 'think', 'logprobs', 'top_logprobs', 'keep_alive'],
]);
const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  ...['num_predict', 'temperature', 'top_p', 'top_k', 'stop', 'seed', 'frequency_penalty', 'presence_penalty'],
]);

/** Reads a chat request: docs.ollama.com/api/chat, read 2026-11. */
export function readRequest(body: JsonObject, _context?: InboundContext): NeutralRequest {
  const options = readObject(body, 'options') ?? {};
  const number = (key: string) => readNumber(options, key, `options.${key}`);
  const rest = Object.entries(omit(options, KNOWN_OPTIONS)).filter(([, value]) => value !== null);
  const top = readNumber(body, 'top_logprobs');
  return compact<NeutralRequest>({
    dialect: 'ollama',
    model: readModel(body),
    messages: readMessages(body),
    tools: readFunctionTools(body, 'ollama'),
    stream: readsStream(body),
    streamUsage: true,
    maxOutputTokens: readCap(body) ?? undefined,
    temperature: number('temperature'),
    topP: number('top_p'),
    topK: number('top_k'),
    stop: readStop(options),
    seed: number('seed'),
    frequencyPenalty: number('frequency_penalty'),
    presencePenalty: number('presence_penalty'),
    logprobs: readBoolean(body, 'logprobs') === true ? compact({ top }) : undefined,
    responseFormat: readFormat(body.format),
    reasoning: readThink(body.think),
    extra: { ...omit(body, KNOWN), ...Object.fromEntries(rest.map(([key, value]) => [`options.${key}`, value])) },
  });
}

/** The model's name. */
export function readModel(body: JsonObject): string {
  const model = readString(body, 'model');
  if (!model) throw invalidField('model', 'expected the name of a model');
  return model;
}

/** Streaming is the default here. */
export function readsStream(body: JsonObject): boolean {
  return readBoolean(body, 'stream') ?? true;
}

/** The output cap; -1 and -2 mean none. */
export function readCap(body: JsonObject): number | null {
  const options = readObject(body, 'options') ?? {};
  const cap = readNumber(options, 'num_predict', 'options.num_predict');
  return cap === undefined || cap < 0 ? null : cap;
}

function readStop(options: JsonObject): readonly string[] | undefined {
  const stop = options.stop ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop)) throw invalidField('options.stop', 'expected a string or a list of strings');
  for (const [at, item] of stop.entries()) {
    if (typeof item !== 'string') throw invalidField(`options.stop[${at}]`, 'expected a string');
  }
  return stop;
}

/** Older clients send an empty text for no format. */
export function readFormat(format: unknown): ResponseFormat | undefined {
  if ((format ?? '') === '') return undefined;
  if (format === 'json') return { kind: 'json-object' };
  if (isObject(format)) return { kind: 'json-schema', schema: format };
  throw invalidField('format', 'expected "json" or a JSON Schema');
}

const WORDS = ['low', 'medium', 'high'] as const;

function readThink(think: unknown): Reasoning | undefined {
  if ((think ?? undefined) === undefined) return undefined;
  if (typeof think === 'boolean') return { enabled: think };
  if (think === 'max') return { effort: 'xhigh' };
  const effort = WORDS.find((word) => word === think);
  if (effort === undefined) throw invalidField('think', 'expected true, false, low, medium, high or max');
  return { effort };
}

/** Whether a body asks for thoughts; cheap and without checks. */
export function asksForThoughts(body: JsonObject): boolean {
  return body.think === true || (typeof body.think === 'string' && body.think !== '');
}

/** A figure of `options`, laxly. */
export function optionOf(body: JsonObject, key: string): number | undefined {
  return asNumber(isObject(body.options) ? body.options[key] : undefined);
}
