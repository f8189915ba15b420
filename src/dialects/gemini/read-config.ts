import { type JsonObject, type NeutralRequest, omit, type ResponseFormat } from '#core';
import { compact } from '../compact.ts';
import { booleanAt, numberAt, objectAt, stringAt, stringsAt } from './fields.ts';
import { toJsonSchema } from './json-schema.ts';
import { bothSpellings } from './spelling.ts';
import { readThinking } from './thinking.ts';

const PATH = 'generationConfig';
const KNOWN = bothSpellings([
  ...['maxOutputTokens', 'temperature', 'topP', 'topK', 'stopSequences', 'seed', 'candidateCount', 'thinkingConfig'],
  ...['frequencyPenalty', 'presencePenalty', 'responseLogprobs', 'logprobs'],
  ...['responseMimeType', 'responseSchema', 'responseJsonSchema'],
]);

type Settings = Pick<
  NeutralRequest,
  | 'maxOutputTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'stop'
  | 'seed'
  | 'n'
  | 'frequencyPenalty'
  | 'presencePenalty'
  | 'logprobs'
  | 'responseFormat'
  | 'reasoning'
>;

/** Reads `generationConfig`, and what of it has no neutral form. Throws `invalid_request`. Pure. */
export function readConfig(config: JsonObject): { readonly settings: Settings; readonly rest: JsonObject } {
  const thinking = objectAt(config, 'thinkingConfig', PATH);
  const top = numberAt(config, 'logprobs', PATH);
  const settings = compact<Settings>({
    maxOutputTokens: numberAt(config, 'maxOutputTokens', PATH),
    temperature: numberAt(config, 'temperature', PATH),
    topP: numberAt(config, 'topP', PATH),
    topK: numberAt(config, 'topK', PATH),
    stop: stringsAt(config, 'stopSequences', PATH),
    seed: numberAt(config, 'seed', PATH),
    n: numberAt(config, 'candidateCount', PATH),
    frequencyPenalty: numberAt(config, 'frequencyPenalty', PATH),
    presencePenalty: numberAt(config, 'presencePenalty', PATH),
    logprobs: booleanAt(config, 'responseLogprobs', PATH) === true ? (top === undefined ? {} : { top }) : undefined,
    responseFormat: readFormat(config),
    reasoning: thinking === undefined ? undefined : readThinking(thinking, `${PATH}.thinkingConfig`),
  });
  const rest = omit(config, KNOWN);
  const mimeType = stringAt(config, 'responseMimeType', PATH);
  if (mimeType !== undefined && mimeType !== 'application/json' && mimeType !== 'text/plain') {
    rest.responseMimeType = mimeType;
  }
  // Text alone is what every model answers.
  if (JSON.stringify(rest.responseModalities) === '["TEXT"]') delete rest.responseModalities;
  return { settings, rest };
}

function readFormat(config: JsonObject): ResponseFormat | undefined {
  const mimeType = stringAt(config, 'responseMimeType', PATH);
  const jsonSchema = objectAt(config, 'responseJsonSchema', PATH);
  const schema = objectAt(config, 'responseSchema', PATH);
  if (jsonSchema !== undefined) return { kind: 'json-schema', schema: jsonSchema };
  if (schema !== undefined && mimeType !== 'text/x.enum') return { kind: 'json-schema', schema: toJsonSchema(schema) };
  if (mimeType === 'application/json') return { kind: 'json-object' };
  return mimeType === 'text/plain' ? { kind: 'text' } : undefined;
}
