import {
  asArray,
  asNumber,
  asObject,
  type EmbeddingRequest,
  type JsonObject,
  NO_USAGE,
  type ServiceResponse,
  type StreamError,
} from '#core';
import { modelFamilyName } from '../bedrock-converse/path.ts';
import type { OutboundTarget, WrittenRequest } from '../dialect.ts';
import { cohereEmbeddings } from './cohere-embeddings.ts';
import { malformed } from './fields.ts';
import { applyQuirks, withParams } from './policy.ts';
import type { OutboundService } from './service.ts';
import { readVector } from './vectors.ts';

const COHERE = /^cohere\.embed/;
const TITAN = /^amazon\.titan-embed-text/;
const TITAN_V1 = /^amazon\.titan-embed-text-v1/;
/** Cohere's body tells no tokens in Bedrock; this header does (docs.aws.amazon.com/bedrock, InvokeModel, read 2026-11). */
const TOKENS_HEADER = 'x-amzn-bedrock-input-token-count';

/**
 * `POST /model/{id}/invoke` of Bedrock: each maker's models have a body of their own (docs.aws.amazon.com/bedrock, model parameters of
 * `titan-embed-text` and of `embed`, read 2026-11). Titan embeds one text a call.
 */
export const bedrockEmbeddings: OutboundService = Object.freeze<OutboundService>({
  refusal(request, upstreamModel) {
    if (request.kind !== 'embeddings') return null;
    const family = modelFamilyName(upstreamModel);
    if (COHERE.test(family)) return null;
    if (!TITAN.test(family))
      return `${upstreamModel} names none of the families of embeddings in Bedrock that are known`;
    return request.inputs.length > 1 ? `${upstreamModel} embeds one text a call` : null;
  },
  writeRequest(request, target) {
    if (request.kind !== 'embeddings') throw new Error('a request of another kind');
    const isCohere = COHERE.test(modelFamilyName(target.upstreamModel));
    const written = isCohere ? writeCohere(request, target) : writeTitan(request, target);
    return { ...written, path: `/model/${encodeURIComponent(target.upstreamModel)}/invoke` };
  },
  readResponse(value, headers = {}) {
    const body = asObject(value);
    const response = body.embedding === undefined ? cohereEmbeddings.readResponse(body) : readTitan(body);
    const tokens = Number(headers[TOKENS_HEADER] ?? Number.NaN);
    if ('reason' in response || response.kind !== 'embeddings' || response.usage !== undefined) return response;
    return Number.isSafeInteger(tokens) ? { ...response, usage: { ...NO_USAGE, input: tokens } } : response;
  },
  mayBeRaw: false,
});

/** Cohere's own body, without the model, which stands in the path. */
function writeCohere(request: EmbeddingRequest, target: OutboundTarget): WrittenRequest {
  const written = cohereEmbeddings.writeRequest(request, target);
  const { model: _, ...body } = written.body;
  return { ...written, body };
}

function writeTitan(request: EmbeddingRequest, target: OutboundTarget): WrittenRequest {
  const lost = [
    ...Object.keys(request.extra),
    ...(request.user === undefined ? [] : ['user']),
    // Titan knows no purposes: every vector is for all of them.
    ...(request.purpose === undefined ? [] : ['purpose']),
  ];
  const body: Record<string, unknown> = { inputText: request.inputs[0] };
  if (request.dimensions !== undefined) {
    if (TITAN_V1.test(modelFamilyName(target.upstreamModel))) lost.push('dimensions');
    else body.dimensions = request.dimensions;
  }
  const settled = applyQuirks(withParams(body, target.params), target.quirks, lost);
  return { path: '', query: {}, headers: {}, body: settled, lost };
}

function readTitan(body: JsonObject): ServiceResponse | StreamError {
  const vector = readVector(asArray(body.embedding));
  if (vector === null || vector.length === 0) return malformed('The answer holds no embedding.');
  const input = asNumber(body.inputTextTokenCount);
  const usage = input === undefined ? {} : { usage: { ...NO_USAGE, input } };
  return { kind: 'embeddings', model: '', vectors: [vector], ...usage };
}
