import { invalidField, type JsonObject, type NeutralRequest, omit } from '#core';
import { compact } from '../compact.ts';
import type { InboundContext } from '../dialect.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';
import { DEFAULT_MAX_TOKENS } from './policy.ts';

export { writeRequest } from './write-request.ts';

/** Every top-level field that has a place in the neutral form. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'prompt', 'max_tokens', 'temperature', 'top_p', 'n', 'stream', 'stream_options', 'logprobs', 'stop'],
  ...['presence_penalty', 'frequency_penalty', 'user', 'seed', 'suffix', 'echo'],
]);

/**
 * Reads a completion request as a question of one turn: what another dialect can make of a text to be continued. Several
 * prompts, prompts in tokens, a text behind the gap and an echo mean something else elsewhere, or nothing.
 */
export function readRequest(body: JsonObject, _context?: InboundContext): NeutralRequest {
  const prompts = readPrompts(body);
  const [prompt] = prompts;
  const only = [
    ...(prompts.length === 1 && typeof prompt === 'string' ? [] : ['prompt']),
    ...(readString(body, 'suffix') ? ['suffix'] : []),
    ...(readBoolean(body, 'echo') === true ? ['echo'] : []),
  ];
  const logprobs = readNumber(body, 'logprobs');
  return compact<NeutralRequest>({
    dialect: 'openai-completions',
    model: readModel(body),
    messages: [{ role: 'user', content: [{ kind: 'text', text: typeof prompt === 'string' ? prompt : '' }] }],
    tools: [],
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: readStreamUsage(body),
    maxOutputTokens: readNumber(body, 'max_tokens') ?? DEFAULT_MAX_TOKENS,
    temperature: readNumber(body, 'temperature'),
    topP: readNumber(body, 'top_p'),
    stop: readStop(body),
    seed: readNumber(body, 'seed'),
    n: readNumber(body, 'n'),
    frequencyPenalty: readNumber(body, 'frequency_penalty'),
    presencePenalty: readNumber(body, 'presence_penalty'),
    logprobs: logprobs === undefined ? undefined : { top: logprobs },
    user: readString(body, 'user'),
    extra: Object.fromEntries(Object.entries(omit(body, KNOWN)).filter(([, value]) => value !== null)),
    sameDialectOnly: only.length > 0 ? only : undefined,
  });
}

/** The model's name. */
export function readModel(body: JsonObject): string {
  const model = readString(body, 'model');
  if (!model) throw invalidField('model', 'expected the name of a model');
  return model;
}

/** The prompts: texts, or lists of tokens. One text is the usual case. */
export function readPrompts(body: JsonObject): readonly (string | readonly number[])[] {
  const { prompt } = body;
  if (typeof prompt === 'string') return [prompt];
  if (!Array.isArray(prompt) || prompt.length === 0) {
    throw invalidField('prompt', 'expected a text, a list of texts, or tokens');
  }
  if (prompt.every((item) => typeof item === 'number')) return [prompt];
  return prompt.map((item, at): string | readonly number[] => {
    if (typeof item === 'string') return item;
    if (Array.isArray(item) && item.every((token) => typeof token === 'number')) return item;
    throw invalidField(`prompt[${at}]`, 'expected a text or a list of tokens');
  });
}

/** Whether the caller asked for the usage of a stream. */
export function readStreamUsage(body: JsonObject): boolean {
  const options = readObject(body, 'stream_options');
  return options !== undefined && readBoolean(options, 'include_usage', 'stream_options.include_usage') === true;
}

function readStop(body: JsonObject): readonly string[] | undefined {
  const stop = body.stop ?? undefined;
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop)) throw invalidField('stop', 'expected a string or a list of strings');
  for (const [at, item] of stop.entries()) {
    if (typeof item !== 'string') throw invalidField(`stop[${at}]`, 'expected a string');
  }
  return stop;
}
