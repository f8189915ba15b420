import type { JsonObject, NeutralRequest, ResponseFormat } from '#core';
import { omit } from '#core';
import { isThirdGeneration, type ModelFamily, takesJsonSchema } from './model-family.ts';
import { plainJsonSchema, schemaSubset } from './schema-subset.ts';
import { isThinkingLessened, writeThinking } from './thinking.ts';

const NONE: ReadonlySet<string> = new Set();

/** Writes `generationConfig`, without what policy sets. */
export function writeConfig(request: NeutralRequest, family: ModelFamily, lost: Set<string>): Record<string, unknown> {
  const { stop, logprobs } = request;
  return omit(
    {
      maxOutputTokens: request.maxOutputTokens,
      temperature: request.temperature,
      topP: request.topP,
      topK: request.topK,
      stopSequences: stop === undefined || stop.length === 0 ? undefined : stop,
      seed: request.seed,
      candidateCount: request.n,
      frequencyPenalty: request.frequencyPenalty,
      presencePenalty: request.presencePenalty,
      responseLogprobs: logprobs === undefined ? undefined : true,
      // None at the place of each token is the default, and no figure that the API takes.
      logprobs: logprobs?.top || undefined,
      ...formatFields(request, family, lost),
      ...thinkingFields(request, family, lost),
    },
    NONE,
  );
}

/** Before Gemini 3, function calling together with a JSON answer is refused; the functions matter more. */
function formatFields(request: NeutralRequest, family: ModelFamily, lost: Set<string>): JsonObject {
  const { responseFormat, tools } = request;
  if (responseFormat === undefined || responseFormat.kind === 'text') return {};
  if (!isThirdGeneration(family) && tools.some((tool) => tool.kind === 'function')) {
    lost.add('response_format');
    return {};
  }
  return writeFormat(responseFormat, family, lost);
}

/** The fields of an answer format other than text. */
export function writeFormat(format: ResponseFormat, family: ModelFamily, lost: Set<string>): JsonObject {
  if (format.kind !== 'json-schema') return format.kind === 'text' ? {} : { responseMimeType: 'application/json' };
  const { schema } = format;
  if (takesJsonSchema(family)) {
    return { responseMimeType: 'application/json', responseJsonSchema: plainJsonSchema(schema) };
  }
  const subset = schemaSubset(schema);
  for (const keyword of subset.lost) lost.add(`response_format.schema.${keyword}`);
  return { responseMimeType: 'application/json', responseSchema: subset.schema };
}

function thinkingFields(request: NeutralRequest, family: ModelFamily, lost: Set<string>): JsonObject {
  const { reasoning } = request;
  if (reasoning === undefined) return {};
  const config = writeThinking(reasoning, family);
  const isOff = reasoning.enabled === false || reasoning.effort === 'none';
  if (config === null ? !isOff : isThinkingLessened(reasoning, family)) lost.add('reasoning');
  return config === null || Object.keys(config).length === 0 ? {} : { thinkingConfig: config };
}
