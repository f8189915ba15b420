import type { JsonObject } from '#core';
import { NO_PROMPT, neededFacts, type RequestFacts } from '#decision';
import { type Dialect, dialectOf, estimateTokens } from '#dialects';
import type { Consumer, Route, SemanticRule, Snapshot } from '#snapshot';
import { createCancellation } from '#upstream';
import { admitRequest } from '../admit-request.ts';
import { executeCall } from '../execute-call.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { beginProgress, type Progress } from '../progress.ts';
import { readAsked } from '../read-asked.ts';
import { readFacts } from '../read-facts.ts';
import { settleRequest } from '../settle-request.ts';
import { gatewayErrorOf } from '../write-error.ts';

const LOCAL_EMBEDDER = 'local/en';

/** The meaning of a text, by the embedder that the rule names; null where it cannot be had: then the cache compares exactly. Never rejects. */
export async function embedQuestion(
  parts: GatewayParts,
  asked: Progress,
  route: Route,
  rule: SemanticRule,
  text: string,
): Promise<Float32Array | null> {
  const [vector = null] = (await embedQuestions(parts, asked, route, rule, [text])) ?? [];
  return vector;
}

/** The meanings of texts, in their order, by one call; null where they cannot be had. Never rejects. */
export async function embedQuestions(
  parts: GatewayParts,
  asked: Progress,
  route: Route,
  rule: SemanticRule,
  texts: readonly string[],
): Promise<readonly Float32Array[] | null> {
  try {
    const isLocal = rule.embedder === LOCAL_EMBEDDER;
    const vectors = isLocal
      ? await parts.cache.embedder.embed(texts)
      : await callEmbedder(parts, asked, route, rule, texts);
    return vectors?.length === texts.length ? vectors : null;
  } catch (error) {
    const { embedder } = rule;
    parts.log.warn({ err: error, embedder, requestId: asked.call.id }, 'a question could not be embedded');
    return null;
  }
}

/** A call of an embedding model: a request of its own, with its own id, admission, account and record, in the caller's name. */
async function callEmbedder(
  parts: GatewayParts,
  asked: Progress,
  of: Route,
  rule: SemanticRule,
  texts: readonly string[],
): Promise<readonly Float32Array[] | null> {
  if (asked.request === null) return null;
  const startedMs = parts.nowMs();
  const body: JsonObject = { model: rule.embedder, input: texts.length === 1 ? (texts[0] ?? '') : [...texts] };
  const call = {
    ...asked.call,
    ...{ id: parts.newId(), startedMs, dialect: EMBEDDINGS, path: '/v1/embeddings', framing: 'sse' as const },
    context: {
      ...{ endpoint: 'embeddings' as const, pathModel: null, pathStream: null },
      service: 'embeddings' as const,
    },
    form: null,
    headers: {},
    bytes: Buffer.from(JSON.stringify(body)),
    source: null,
  };
  const request = requestFor(asked.request, call.id, rule.embedder, texts, call.bytes.length);
  const route: Route = { ...of, ...BARE, chain: rule.chain };
  const snapshot = openTo(asked.active.snapshot);
  const progress: Progress = {
    ...beginProgress(call, asked.active),
    ...{ snapshot, caller: asked.caller, body, request, route: of.name },
    service: readAsked(call, body, null).service,
  };
  try {
    const needs = neededFacts(snapshot, request, route, startedMs);
    const facts = await readFacts(parts, asked.active, needs, startedMs);
    const decision = await admitRequest(parts, progress, snapshot, request, route, facts);
    const executed = await executeCall(parts, progress, decision, route, null, createCancellation(), 'bytes');
    if (executed.kind === 'failed') throw executed.error;
    const answer = executed.kind === 'json' ? executed.serviceResponse : null;
    if (executed.kind !== 'json' || answer?.kind !== 'embeddings') return null;
    progress.served = executed;
    progress.status = 200;
    return answer.vectors.map((vector) => Float32Array.from(vector));
  } catch (error) {
    const { code, status } = gatewayErrorOf(error);
    progress.errorCode = code;
    progress.status = status;
    throw error;
  } finally {
    await settleRequest(parts, progress);
  }
}

/** OpenAI's shape for the question; the provider is asked in its own. */
export const EMBEDDINGS = dialectOf('openai-chat') as Dialect;

function requestFor(
  asked: RequestFacts,
  id: string,
  model: string,
  texts: readonly string[],
  bodyBytes: number,
): RequestFacts {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return {
    ...asked,
    ...{ id, model, bodyBytes, endpoint: 'embeddings', dialect: 'openai-chat', path: '/v1/embeddings', stream: false },
    ...{ toolCount: 0, images: 0, audio: 0, documents: 0, responseFormat: 'text', hasReasoning: false },
    ...{ maxOutputTokens: null, temperature: null, choices: 1, inputTokens: estimateTokens([0, length], 0) },
  };
}

/** What the caller's own route asks of a call is not asked of this one. */
export const BARE = Object.freeze({
  cache: null,
  deny: null,
  guardrails: [],
  prompt: NO_PROMPT,
  limits: { maxInputTokens: null, maxOutputTokens: null, maxRequestCostMicroUsd: null, bodyBytes: null },
  unsupportedParams: 'drop' as const,
});

const ALL = Object.freeze({
  allow: { models: null, endpoints: null, routes: null },
  deny: { models: [], endpoints: [], routes: [] },
});
const opened = new WeakMap<Snapshot, Snapshot>();

/** The policies without what consumers may call: the embedder is the policy's choice, not the caller's. Its budgets still hold. */
export function openTo(snapshot: Snapshot): Snapshot {
  let known = opened.get(snapshot);
  if (known === undefined) {
    const free = ([name, consumer]: [string, Consumer]): [string, Consumer] => [name, { ...consumer, ...ALL }];
    known = { ...snapshot, consumers: new Map([...snapshot.consumers].map(free)) };
    opened.set(snapshot, known);
  }
  return known;
}
