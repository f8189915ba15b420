import { decide, type Facts, match, type RequestFacts } from '#decision';
import type { Snapshot } from '#snapshot';

// Enough to warm the code up and to meet every kind of route, without holding up a reload of a huge tree.
const MAX_ROUTES = 1000;

/**
 * Decides once about every route of a new snapshot, before it serves: a snapshot that makes the evaluator throw must never be swapped in. Also warms up the
 * code the first request runs through. Throws what the evaluator throws. Pure.
 */
export function selfCheck(snapshot: Snapshot, nowMs: number): void {
  const [consumer] = snapshot.consumers.values();
  const request: RequestFacts = {
    id: 'req_selfcheck',
    endpoint: 'chat',
    dialect: 'openai-chat',
    path: '/v1/chat/completions',
    model: 'self-check',
    consumer: consumer?.name ?? '',
    labels: consumer?.labels ?? {},
    metadata: {},
    headers: {},
    stream: false,
    toolCount: 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    inputTokens: 1,
    maxOutputTokens: 1,
    temperature: null,
    session: null,
    ip: null,
    bodyBytes: 1,
  };
  const facts: Facts = {
    nowMs,
    draw: 0,
    secretsMissing: new Set(),
    breakers: {},
    latencies: {},
    inFlight: {},
    counters: {},
  };
  match(snapshot, request, nowMs);
  for (const route of snapshot.routeIndex.ranked.slice(0, MAX_ROUTES)) decide(snapshot, request, route, facts);
}
