import { once } from 'node:events';
import { createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Facts, type RequestFacts, simulateRequest } from '#decision';
import { buildRecord, createPseudonyms, type RecordWriter } from '#decision-log';
import { importTraffic } from '#replay';
import type { Snapshot } from '#snapshot';

const WEEK_MS = 7 * 86_400_000;
const FROM_MS = Date.UTC(2026, 10, 16);

/** Three teams with a monthly and a daily budget each, two chains, six routes: what most companies begin with. */
export const PLAIN_POLICIES = `
kind: Project
metadata: { name: bench }
spec: { timezone: UTC }
---
kind: Chain
metadata: { name: premium }
spec:
  deadline: 120s
  maxAttempts: 6
  fallbackOn: [rate-limit, server-error, timeout, network, auth]
  defaults: { timeouts: { total: 45s }, retry: { max: 2, on: [rate-limit, server-error] } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }, { id: gemini, model: google/gemini-2.5-pro }]
---
kind: Chain
metadata: { name: economy }
spec: { defaults: { timeouts: { total: 20s }, retry: { max: 1, on: [rate-limit] } }, targets: [{ id: mini, model: openai/gpt-4o-mini }, { id: haiku, model: anthropic/claude-haiku-4-5 }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, limits: { maxOutputTokens: 4096 } }
---
kind: Route
metadata: { name: cheap }
spec: { match: { models: [openai/gpt-4o-mini, "anthropic/claude-haiku-*"] }, chain: economy, limits: { maxOutputTokens: 4096 } }
---
kind: Route
metadata: { name: faq }
spec: { match: { paths: [/api/ai/faq] }, chain: economy, limits: { maxInputTokens: 8000, maxOutputTokens: 1024 } }
---
kind: Route
metadata: { name: help }
spec: { match: { paths: [/api/ai/help] }, chain: economy, limits: { maxInputTokens: 8000, maxOutputTokens: 1024 } }
---
kind: Route
metadata: { name: tests }
spec: { match: { consumers: [test-team] }, chain: economy, limits: { maxOutputTokens: 4096 } }
---
kind: Route
metadata: { name: closed }
spec: { match: { paths: [/api/ai/old] }, deny: { status: 410, message: gone } }
${['product-team', 'test-team', 'support-bot']
  .map(
    (name) => `---
kind: Consumer
metadata: { name: ${name}, labels: { team: ${name.split('-')[0]} } }
---
kind: Budget
metadata: { name: ${name}-month }
spec: { scope: { consumers: [${name}] }, limit: { cost: "5000 USD" }, window: { every: month }, onExhausted: deny }
---
kind: Budget
metadata: { name: ${name}-day }
spec: { scope: { consumers: [${name}] }, limit: { tokens: 50000000 }, window: { every: day }, onExhausted: deny }
`,
  )
  .join('')}`;

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

/** Writes records as `traffic import` makes them of a trace with times and token counts. The same count gives the same bytes. */
export async function writeImportedRecording(path: string, records: number): Promise<void> {
  const rows = `${path}.csv`;
  const draw = createDraws();
  let text = 'TIMESTAMP,ContextTokens,GeneratedTokens\n';
  for (let index = 0; index < records; index++) {
    const at = new Date(FROM_MS + Math.floor((index / records) * WEEK_MS)).toISOString();
    text += `${at},${50 + Math.floor(draw() ** 3 * 12_000)},${20 + Math.floor(draw() ** 2 * 900)}\n`;
  }
  writeFileSync(rows, text);
  const output = createWriteStream(path, { highWaterMark: 4 * 1024 * 1024 });
  const rule = { model: 'gpt-4o', consumer: 'product-team', endpoint: null, startMs: 0 };
  await importTraffic('azure-llm-csv', rows, rule, async (line) => {
    if (!output.write(line)) await once(output, 'drain');
  });
  output.end();
  await finished(output);
  rmSync(rows);
}

function recordAt(snapshot: Snapshot, writer: RecordWriter, draw: () => number, index: number, records: number) {
  const nowMs = FROM_MS + Math.floor((index / records) * WEEK_MS);
  const consumer = pick(
    [...snapshot.consumers.keys()].filter((name) => MODELS[name] !== undefined),
    draw,
  );
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
      cache: null,
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
