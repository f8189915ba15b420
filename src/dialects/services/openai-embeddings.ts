import {
  asArray,
  asNumber,
  asObject,
  asString,
  type EmbeddingRequest,
  inputTokens,
  invalidField,
  type JsonObject,
  NO_USAGE,
  omit,
  type ServiceResponse,
  type StreamError,
  type Usage,
} from '#core';
import type { CallerContext, OutboundTarget, WrittenRequest } from '../dialect.ts';
import { readString } from '../read-fields.ts';
import { countOf, malformed, modelOf, passAt } from './fields.ts';
import { applyQuirks, withParams } from './policy.ts';
import type { Service } from './service.ts';
import { readVectors, writeVector } from './vectors.ts';

const PATH = '/embeddings';
const KNOWN: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'encoding_format', 'user', 'input_type']);
/** Words of Voyage and Cohere, which OpenAI's clients send as an extra field. */
const PURPOSES: Readonly<Record<string, EmbeddingRequest['purpose']>> = {
  query: 'query',
  document: 'document',
  search_query: 'query',
  search_document: 'document',
  classification: 'classification',
  clustering: 'clustering',
};

/** `POST /v1/embeddings` as OpenAI has it (platform.openai.com/docs/api-reference/embeddings, read 2026-11). */
export const openaiEmbeddings: Service = Object.freeze<Service>({
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
  const dimensions = countOf(body, 'dimensions');
  const user = readString(body, 'user');
  const purpose = PURPOSES[readString(body, 'input_type') ?? ''];
  const format = readString(body, 'encoding_format');
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    throw invalidField('encoding_format', 'expected float or base64');
  }
  return {
    kind: 'embeddings',
    model: modelOf(body),
    inputs: readInputs(body.input),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(user === undefined ? {} : { user }),
    extra: omit(body, KNOWN),
  };
}

function readInputs(input: unknown): EmbeddingRequest['inputs'] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0) {
    throw invalidField('input', 'expected a text, a list of texts, or token ids');
  }
  if (typeof input[0] === 'number') return [readIds(input, 'input')];
  return input.map((item, at) => (typeof item === 'string' ? item : readIds(item, `input[${at}]`)));
}

function readIds(value: unknown, path: string): readonly number[] {
  if (!Array.isArray(value) || value.length === 0) throw invalidField(path, 'expected a text or a list of token ids');
  for (const [at, id] of value.entries()) {
    if (!Number.isInteger(id)) throw invalidField(`${path}[${at}]`, 'expected a token id');
  }
  return value;
}

function writeRequest(request: EmbeddingRequest, target: OutboundTarget): WrittenRequest {
  const { inputs, dimensions, user, purpose, extra } = request;
  const lost = Object.keys(extra);
  const body: Record<string, unknown> = { model: target.upstreamModel, input: inputs };
  if (dimensions !== undefined) body.dimensions = dimensions;
  if (user !== undefined) body.user = user;
  // OpenAI has no word for what the vectors are for; a provider that has one renames it, be it to itself.
  if ((purpose === 'query' || purpose === 'document') && 'input_type' in target.quirks.renameParams) {
    body.input_type = purpose;
  }
  const settled = applyQuirks(withParams(body, target.params), target.quirks, lost);
  return { path: PATH, query: {}, headers: {}, body: settled, lost };
}

function readResponse(value: unknown): ServiceResponse | StreamError {
  const body = asObject(value);
  const list = asArray(body.data).toSorted((a, b) => indexOf(a) - indexOf(b));
  const vectors = list.length === 0 ? null : readVectors(list, 'embedding');
  if (vectors === null) return malformed('The answer holds no embeddings.');
  const usage = readInputUsage(body.usage);
  return { kind: 'embeddings', model: asString(body.model) ?? '', vectors, ...(usage === undefined ? {} : { usage }) };
}

function indexOf(item: unknown): number {
  return asNumber(asObject(item).index) ?? 0;
}

function writeResponse(response: ServiceResponse, body: JsonObject, caller: CallerContext): JsonObject {
  if (response.kind !== 'embeddings') throw new Error('an answer of another kind');
  const isBase64 = body.encoding_format === 'base64';
  const tokens = inputTokens(response.usage ?? NO_USAGE);
  return {
    object: 'list',
    data: response.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isBase64 ? writeVector(vector) : vector,
    })),
    model: response.model || caller.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Tokens of a service that has input alone; Jina and Voyage tell the total only. Undefined where there is none. Pure. */
export function readInputUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const input = asNumber(usage.prompt_tokens) ?? asNumber(usage.input_tokens) ?? asNumber(usage.total_tokens);
  return input === undefined ? undefined : { ...NO_USAGE, input };
}
