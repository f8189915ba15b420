import {
  asArray,
  asNumber,
  asObject,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  omit,
  type RerankRequest,
  type ServiceResponse,
  type StreamError,
} from '#core';
import type { CallerContext, OutboundTarget, WrittenRequest } from '../dialect.ts';
import { readBoolean } from '../read-fields.ts';
import { countOf, malformed, modelOf, textOf } from './fields.ts';
import { readInputUsage } from './openai-embeddings.ts';
import { applyQuirks, withParams } from './policy.ts';
import type { Service } from './service.ts';

const PATH = '/rerank';
const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'query', 'documents', 'top_n', 'top_k', 'return_documents', 'max_tokens_per_doc'],
]);

/**
 * `POST /v1/rerank` as Jina, Voyage and Cohere's first version have it, and `/v2/rerank` of Cohere's second (docs.cohere.com/reference/rerank, jina.ai/reranker,
 * docs.voyageai.com, read 2026-11). No two of them answer alike, so that a request is always written anew.
 */
export const rerank: Service = Object.freeze<Service>({
  kind: 'rerank',
  form: 'json',
  readRequest,
  pass: null,
  writeResponse,
  writeRequest: writeRequest as Service['writeRequest'],
  readResponse,
  mayBeRaw: false,
});

function readRequest(body: JsonObject): RerankRequest {
  const { documents } = body;
  if (!Array.isArray(documents) || documents.length === 0) {
    throw invalidField('documents', 'expected a list of texts');
  }
  const topN = countOf(body, 'top_n') ?? countOf(body, 'top_k');
  const maxTokens = countOf(body, 'max_tokens_per_doc');
  return {
    kind: 'rerank',
    model: modelOf(body),
    query: textOf(body, 'query'),
    documents: documents.map(readDocument),
    ...(topN === undefined ? {} : { topN }),
    returnDocuments: readBoolean(body, 'return_documents') ?? false,
    ...(maxTokens === undefined ? {} : { maxTokensPerDocument: maxTokens }),
    extra: omit(body, KNOWN),
  };
}

function readDocument(document: unknown, at: number): string {
  const text = isObject(document) ? document.text : document;
  if (typeof text !== 'string') throw invalidField(`documents[${at}]`, 'expected a text or an object with text');
  return text;
}

/** The documents are never asked back: the caller's own are at hand. */
function writeRequest(request: RerankRequest, target: OutboundTarget): WrittenRequest {
  const { query, documents, topN, maxTokensPerDocument, extra } = request;
  const lost = Object.keys(extra);
  const body: Record<string, unknown> = { model: target.upstreamModel, query, documents };
  if (topN !== undefined) body.top_n = topN;
  if (maxTokensPerDocument !== undefined) body.max_tokens_per_doc = maxTokensPerDocument;
  const settled = applyQuirks(withParams(body, target.params), target.quirks, lost);
  return { path: PATH, query: {}, headers: {}, body: settled, lost };
}

function readResponse(value: unknown): ServiceResponse | StreamError {
  const body = asObject(value);
  const list = Array.isArray(body.results) ? body.results : body.data;
  if (!Array.isArray(list)) return malformed('The answer holds no results.');
  const results = list.map((item) => {
    const result = asObject(item);
    return {
      index: asNumber(result.index) ?? -1,
      score: asNumber(result.relevance_score ?? result.score) ?? Number.NaN,
    };
  });
  if (results.some(({ index, score }) => index < 0 || Number.isNaN(score))) {
    return malformed('The answer holds a result without index or score.');
  }
  const id = asString(body.id);
  const model = asString(body.model);
  const searchUnits = asNumber(asObject(asObject(body.meta).billed_units).search_units);
  const usage = readInputUsage(body.usage);
  return {
    kind: 'rerank',
    ...(id === undefined ? {} : { id }),
    ...(model === undefined ? {} : { model }),
    results: results.toSorted((a, b) => b.score - a.score),
    ...(searchUnits === undefined ? {} : { searchUnits }),
    ...(usage === undefined ? {} : { usage }),
  };
}

function writeResponse(response: ServiceResponse, body: JsonObject, caller: CallerContext): JsonObject {
  if (response.kind !== 'rerank') throw new Error('an answer of another kind');
  const documents = body.return_documents === true ? asArray(body.documents) : null;
  const { usage, searchUnits } = response;
  return {
    id: response.id ?? caller.requestId,
    model: response.model || caller.model,
    results: response.results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(documents === null ? {} : { document: documentOf(documents[index]) }),
    })),
    ...(usage === undefined ? {} : { usage: { total_tokens: usage.input, prompt_tokens: usage.input } }),
    meta: { api_version: { version: '2' }, billed_units: { search_units: searchUnits ?? 1 } },
  };
}

function documentOf(document: unknown): JsonObject {
  return isObject(document) ? document : { text: asString(document) ?? '' };
}
