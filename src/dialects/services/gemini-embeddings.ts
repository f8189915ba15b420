import {
  asArray,
  asNumber,
  asObject,
  type EmbeddingRequest,
  invalidField,
  isObject,
  type JsonObject,
  NO_USAGE,
  omit,
  type ServiceResponse,
  type StreamError,
} from '#core';
import type { InboundContext, OutboundTarget, PassedRequest, WrittenRequest } from '../dialect.ts';
import { modelOfPath, modelResource } from '../gemini-path.ts';
import { countOf, malformed } from './fields.ts';
import type { Service } from './service.ts';
import { readVector } from './vectors.ts';

type Purpose = NonNullable<EmbeddingRequest['purpose']>;

const TASKS: Readonly<Record<Purpose, string>> = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  similarity: 'SEMANTIC_SIMILARITY',
};
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'content', 'taskType', 'task_type', 'outputDimensionality', 'output_dimensionality', 'requests'],
]);

const shared = {
  kind: 'embeddings',
  form: 'json',
  writeRequest: writeRequest as Service['writeRequest'],
  readResponse,
  mayBeRaw: false,
} as const;

/** `:embedContent`, one text (ai.google.dev/api/embeddings, read 2026-11). */
export const geminiEmbedContent: Service = Object.freeze<Service>({
  ...shared,
  readRequest: (body, context) => readOne(body, context),
  pass: (body, target) => pass('embedContent', body.model === undefined ? {} : { model: undefined }, target),
  writeResponse: (response) => ({ embedding: { values: vectorsOf(response)[0] ?? [] } }),
});

/** `:batchEmbedContents`, many texts. */
export const geminiBatchEmbedContents: Service = Object.freeze<Service>({
  ...shared,
  readRequest: readBatch,
  pass(body, target) {
    const model = modelResource(target.upstreamModel);
    const requests = asArray(body.requests).map((request) => ({ ...asObject(request), model }));
    return pass('batchEmbedContents', { requests }, target);
  },
  writeResponse: (response) => ({ embeddings: vectorsOf(response).map((values) => ({ values })) }),
});

function pass(method: string, edits: Readonly<Record<string, unknown>>, target: OutboundTarget): PassedRequest {
  return { path: `/${modelResource(target.upstreamModel)}:${method}`, query: {}, headers: {}, edits, lost: [] };
}

function readOne(body: JsonObject, context: InboundContext, path = ''): EmbeddingRequest {
  const dimensions = countOf(body, 'outputDimensionality') ?? countOf(body, 'output_dimensionality');
  const task = body.taskType ?? body.task_type;
  const purpose = (Object.keys(TASKS) as Purpose[]).find((name) => TASKS[name] === task);
  return {
    kind: 'embeddings',
    model: modelOfPath(context.pathModel),
    inputs: [readText(body.content, `${path}content`)],
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(asArray(asObject(body.content).parts).some(isMedia) ? { hasMedia: true } : {}),
    ...(purpose === undefined ? {} : { purpose }),
    extra: omit(body, KNOWN),
  };
}

function readBatch(body: JsonObject, context: InboundContext): EmbeddingRequest {
  const { requests } = body;
  if (!Array.isArray(requests) || requests.length === 0) {
    throw invalidField('requests', 'expected a list of requests');
  }
  const read = requests.map((request, at) => {
    if (!isObject(request)) throw invalidField(`requests[${at}]`, 'expected an object with content');
    return readOne(request, context, `requests[${at}].`);
  });
  const first = read[0] as EmbeddingRequest;
  // Other APIs say these once for all texts.
  for (const [at, one] of read.entries()) {
    if (one.dimensions !== first.dimensions || one.purpose !== first.purpose) {
      throw invalidField(`requests[${at}]`, 'expected the same outputDimensionality and taskType as in requests[0]');
    }
  }
  const hasMedia = read.some((one) => one.hasMedia === true);
  return { ...first, ...(hasMedia ? { hasMedia } : {}), inputs: read.flatMap(({ inputs }) => inputs) };
}

const MEDIA = ['inlineData', 'inline_data', 'fileData', 'file_data'];

function isMedia(part: unknown): boolean {
  return isObject(part) && MEDIA.some((name) => isObject(part[name]));
}

function readText(content: unknown, path: string): string {
  if (typeof content === 'string') return content;
  if (!isObject(content)) throw invalidField(path, 'expected an object with parts');
  const parts = Array.isArray(content.parts) ? content.parts : [content.parts];
  return parts
    .map((part, at) => {
      if (isMedia(part)) return '';
      const text = isObject(part) ? part.text : undefined;
      if (typeof text !== 'string') throw invalidField(`${path}.parts[${at}].text`, 'expected a text');
      return text;
    })
    .join('');
}

function writeRequest(request: EmbeddingRequest, target: OutboundTarget): WrittenRequest {
  const lost = [...Object.keys(request.extra), ...(request.user === undefined ? [] : ['user'])];
  const model = modelResource(target.upstreamModel);
  const requests = request.inputs.map((input, at) => {
    if (typeof input !== 'string') lost.push(`input[${at}]`);
    return {
      model,
      content: { parts: [{ text: typeof input === 'string' ? input : '' }] },
      ...(request.purpose === undefined ? {} : { taskType: TASKS[request.purpose] }),
      ...(request.dimensions === undefined ? {} : { outputDimensionality: request.dimensions }),
      ...target.params,
    };
  });
  return { path: `/${model}:batchEmbedContents`, query: {}, headers: {}, body: { requests }, lost };
}

function readResponse(value: unknown): ServiceResponse | StreamError {
  const body = asObject(value);
  const list = isObject(body.embedding) ? [body.embedding] : asArray(body.embeddings);
  const vectors: (readonly number[])[] = [];
  for (const item of list) {
    const vector = readVector(asObject(item).values);
    if (vector === null) return malformed('The answer holds an embedding without values.');
    vectors.push(vector);
  }
  if (vectors.length === 0) return malformed('The answer holds no embeddings.');
  const tokens = asNumber(asObject(body.usageMetadata).promptTokenCount);
  const usage = tokens === undefined ? {} : { usage: { ...NO_USAGE, input: tokens } };
  return { kind: 'embeddings', model: '', vectors, ...usage };
}

function vectorsOf(response: ServiceResponse): readonly (readonly number[])[] {
  if (response.kind !== 'embeddings') throw new Error('an answer of another kind');
  return response.vectors;
}
