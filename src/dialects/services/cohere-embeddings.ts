import {
  asArray,
  asNumber,
  asObject,
  type EmbeddingRequest,
  inputTokens,
  invalidField,
  type JsonObject,
  NO_USAGE,
  omit,
  type ServiceResponse,
  type StreamError,
} from '#core';
import type { CallerContext, OutboundTarget, WrittenRequest } from '../dialect.ts';
import { countOf, malformed, modelOf, passAt, textsOf } from './fields.ts';
import { applyQuirks, withParams } from './policy.ts';
import type { Service } from './service.ts';
import { readVector, writeVector } from './vectors.ts';

const PATH = '/embed';
const KNOWN: ReadonlySet<string> = new Set(['model', 'texts', 'input_type', 'output_dimension', 'embedding_types']);
/** Cohere demands one; a text that is kept to be found is the usual case. */
const DEFAULT_PURPOSE = 'search_document';
const TO_COHERE: Readonly<Record<NonNullable<EmbeddingRequest['purpose']>, string>> = {
  query: 'search_query',
  document: DEFAULT_PURPOSE,
  classification: 'classification',
  clustering: 'clustering',
  similarity: 'clustering',
};
const FROM_COHERE: Readonly<Record<string, EmbeddingRequest['purpose']>> = {
  search_query: 'query',
  search_document: 'document',
  classification: 'classification',
  clustering: 'clustering',
};

/** `POST /v2/embed` (docs.cohere.com/reference/embed, read 2026-11). Texts alone are translated; images pass to Cohere. */
export const cohereEmbeddings: Service = Object.freeze<Service>({
  kind: 'embeddings',
  form: 'json',
  readRequest,
  pass: passAt(PATH),
  writeResponse,
  writeRequest: writeRequest as Service['writeRequest'],
  readResponse,
  mayBeRaw: false,
});

function readRequest(body: JsonObject): EmbeddingRequest {
  const dimensions = countOf(body, 'output_dimension');
  const purpose = FROM_COHERE[String(body.input_type)];
  const hasMedia = body.texts === undefined && mediaOf(body).length > 0;
  const types = body.embedding_types;
  if (types !== undefined && !Array.isArray(types)) throw invalidField('embedding_types', 'expected a list of types');
  return {
    kind: 'embeddings',
    model: modelOf(body),
    inputs: hasMedia ? mediaOf(body).map(() => '') : textsOf(body.texts, 'texts'),
    ...(hasMedia ? { hasMedia } : {}),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(purpose === undefined ? {} : { purpose }),
    extra: omit(body, KNOWN),
  };
}

/** Pictures, or mixed inputs, in place of texts. */
function mediaOf(body: JsonObject): readonly unknown[] {
  return asArray(body.images ?? body.inputs);
}

function writeRequest(request: EmbeddingRequest, target: OutboundTarget): WrittenRequest {
  const lost = [...Object.keys(request.extra), ...(request.user === undefined ? [] : ['user'])];
  const texts = request.inputs.map((input, at) => {
    if (typeof input === 'string') return input;
    lost.push(`input[${at}]`);
    return '';
  });
  const body: Record<string, unknown> = {
    model: target.upstreamModel,
    texts,
    input_type: request.purpose === undefined ? DEFAULT_PURPOSE : TO_COHERE[request.purpose],
    embedding_types: ['float'],
  };
  if (request.dimensions !== undefined) body.output_dimension = request.dimensions;
  return {
    path: PATH,
    query: {},
    headers: {},
    body: applyQuirks(withParams(body, target.params), target.quirks, lost),
    lost,
  };
}

function readResponse(value: unknown): ServiceResponse | StreamError {
  const body = asObject(value);
  const { embeddings } = body;
  const list = Array.isArray(embeddings)
    ? embeddings
    : asArray(asObject(embeddings).float ?? asObject(embeddings).base64);
  const vectors = list.flatMap((item) => readVector(item) ?? []).length === 0 ? [] : list.map(readVector);
  // An answer in bytes or bits alone is one too, for a caller who asked for it; only its vectors cannot be told in another dialect.
  const isOther = vectors.length === 0 && Object.keys(asObject(embeddings)).length > 0;
  if (!isOther && (vectors.length === 0 || vectors.includes(null))) return malformed('The answer holds no embeddings.');
  const tokens = asNumber(asObject(asObject(body.meta).billed_units).input_tokens);
  const usage = tokens === undefined ? {} : { usage: { ...NO_USAGE, input: tokens } };
  return {
    kind: 'embeddings',
    model: '',
    vectors: vectors.flatMap((vector) => (vector === null ? [] : [vector])),
    ...usage,
  };
}

function writeResponse(response: ServiceResponse, body: JsonObject, caller: CallerContext): JsonObject {
  if (response.kind !== 'embeddings') throw new Error('an answer of another kind');
  const asked = asArray(body.embedding_types);
  const isBase64 = asked.includes('base64') && !asked.includes('float');
  const tokens = inputTokens(response.usage ?? NO_USAGE);
  return {
    id: caller.requestId,
    texts: asArray(body.texts),
    embeddings: isBase64 ? { base64: response.vectors.map(writeVector) } : { float: response.vectors },
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: tokens } },
    response_type: 'embeddings_by_type',
  };
}
