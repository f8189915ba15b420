import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Facts, type RequestFacts, simulateRequest } from '#decision';
import { buildRecord, createPseudonyms, type RecordWriter } from '#decision-log';
import type { Snapshot } from '#snapshot';

const WEEK_MS = 7 * 86_400_000;
const FROM_MS = Date.UTC(2026, 10, 16);

const CONSUMERS = ['product-team', 'development-team', 'test-team', 'support-bot', 'eu-support'] as const;
const MODELS: Readonly<Record<string, readonly string[]>> = {
  'product-team': ['gpt-4o', 'claude-sonnet-4-5', 'openai/gpt-4o-mini'],
  'development-team': ['openai/gpt-4o-mini', 'anthropic/claude-haiku-4-5'],
  'test-team': ['openai/gpt-4o-mini', 'gpt-4o'],
  'support-bot': ['openai/gpt-4o-mini', 'gpt-4o'],
  'eu-support': ['gpt-4o'],
};
const PATHS: Readonly<Record<string, readonly string[]>> = {
  'support-bot': ['/api/ai/faq', '/api/ai/help', '/v1/chat/completions'],
};

/** Writes a week of records as a gateway with this snapshot would: decided by the real functions, with state, attempts and cost. The same count gives the same bytes. */
export async function writeSyntheticRecording(path: string, snapshot: Snapshot, records: number): Promise<void> {
  const output = createWriteStream(path, { highWaterMark: 4 * 1024 * 1024 });
  const writer: RecordWriter = {
    gatewayVersion: '0.1.0',
    pseudonymise: createPseudonyms('00ff'),
    sampleWeight: 1,
    dropped: 0,
  };
  const draw = createDraws();
  let text = '';
  for (let index = 0; index < records; index++) {
    text += `${JSON.stringify(recordAt(snapshot, writer, draw, index, records))}\n`;
    if (text.length < 1024 * 1024) continue;
    if (!output.write(text)) await once(output, 'drain');
    text = '';
  }
  output.end(text);
  await finished(output);
}

function recordAt(snapshot: Snapshot, writer: RecordWriter, draw: () => number, index: number, records: number) {
  const nowMs = FROM_MS + Math.floor((index / records) * WEEK_MS);
  const consumer = CONSUMERS[Math.floor(draw() * CONSUMERS.length)] ?? 'product-team';
  const request: RequestFacts = {
    id: `req_${index.toString(36).padStart(20, '0')}`,
    endpoint: 'chat',
    dialect: 'openai-chat',
    path: pick(PATHS[consumer] ?? ['/v1/chat/completions'], draw),
    model: pick(MODELS[consumer] ?? ['gpt-4o'], draw),
    consumer,
    labels: snapshot.consumers.get(consumer)?.labels ?? {},
    metadata: {},
    headers: {},
    stream: draw() < 0.6,
    toolCount: draw() < 0.2 ? 3 : 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    inputTokens: 50 + Math.floor(draw() ** 3 * 12_000),
    maxOutputTokens: draw() < 0.5 ? 1024 : null,
    temperature: null,
    session: null,
    ip: null,
    bodyBytes: 2000 + Math.floor(draw() * 40_000),
  };
  const facts: Facts = {
    nowMs,
    draw: Math.floor(draw() * 1e9) / 1e9,
    secretsMissing: new Set(),
    breakers: {},
    latencies: {},
    inFlight: {},
    counters: {},
  };
  const first = simulateRequest(snapshot, request, facts);
  const counters = Object.fromEntries(
    first.needs.counters.map(({ key, limit }) => [key, { spent: Math.floor(limit * 0.2 * draw()), held: 0 }]),
  );
  const known = { ...facts, counters };
  const latencyMs = 400 + Math.floor(draw() * 4000);
  const isFailing = draw() < 0.02;
  const answer = { outputTokens: 20 + Math.floor(draw() ** 2 * 900), latencyMs };
  const target = first.decision.kind === 'allow' ? (first.decision.plan.targets[0]?.id ?? '') : '';
  const played = simulateRequest(snapshot, request, known, {
    [target]: isFailing ? [{ status: 401 }] : [answer],
  });
  const attempts = played.calls.map(({ attempt }) => attempt);
  return buildRecord(
    {
      id: request.id,
      startedMs: nowMs,
      endpoint: request.endpoint,
      dialect: request.dialect,
      path: request.path,
      snapshot,
      request,
      keyId: 'k1',
      body: null,
      route: played.route,
      facts: known,
      stickyDraws: {},
      decision: played.decision,
      isInline: false,
      attempts,
      served: played.target === null ? null : { target: played.target, fallback: played.fallback },
      settlement: played.settlement,
      status: played.status,
      code: played.code,
      finish: 'stop',
      isComplete: true,
      firstByteMs: 300,
      durationMs: played.elapsedMs,
      alerts: [],
    },
    writer,
  );
}

function pick(values: readonly string[], draw: () => number): string {
  return values[Math.floor(draw() * values.length)] ?? '';
}

/** A linear congruential generator (Numerical Recipes): the same numbers on every machine. */
function createDraws(): () => number {
  let state = 20_261_116;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
