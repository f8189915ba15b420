import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_USAGE } from '#core';
import type { TrafficRecord } from '#decision-log';
import { createUsageLedger, type UsageEntry } from '#state';

/** A request of a made-up fortnight. */
export interface PastRequest {
  readonly atMs: number;
  readonly team: string;
  readonly consumer: string;
  readonly route: string;
  readonly provider: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly costMicroUsd: number;
  readonly savedMicroUsd: number;
  readonly status: number;
  readonly code: string | null;
  readonly fallback: 'rate-limit' | 'server-error' | null;
  readonly cache: 'hit' | 'miss' | 'off';
  readonly durationMs: number;
}

const HOUR_MS = 3_600_000;
const TEAMS = ['product', 'support', 'development'] as const;
const MODELS = [
  ['openai', 'openai/gpt-4o', 6],
  ['anthropic', 'anthropic/claude-sonnet-4-5', 9],
  ['google', 'google/gemini-2.5-flash', 1],
] as const;

/** Two weeks of traffic that ends at an instant, the same each time: the second is dearer, fails more, and hits its caches less. */
export function fortnight(endMs: number, perHour = 6): readonly PastRequest[] {
  const requests: PastRequest[] = [];
  let seed = 7;
  const draw = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let hour = 0; hour < 14 * 24; hour++) {
    const isSecond = hour >= 7 * 24;
    const isBusy = hour % 24 >= 8 && hour % 24 < 20;
    for (let at = 0; at < (isBusy ? perHour * 2 : perHour); at++) {
      const team = TEAMS[Math.floor(draw() * 2.6)] ?? 'product';
      const [provider, model, price] = MODELS[Math.floor(draw() * (isSecond ? 2 : 3))] ?? MODELS[0];
      const input = 200 + Math.floor(draw() * 4000);
      const output = 50 + Math.floor(draw() * 900);
      const isFailed = draw() < (isSecond ? 0.03 : 0.004);
      const isHit = !isFailed && draw() < (isSecond ? 0.12 : 0.28);
      const costMicroUsd = isFailed || isHit ? 0 : Math.round((input + output * 4) * price);
      const savedMicroUsd = isHit ? Math.round((input + output * 4) * price) : 0;
      requests.push({
        atMs: endMs - (14 * 24 - hour) * HOUR_MS + at * 60_000,
        ...{ team, consumer: `${team}-team`, route: team === 'support' ? 'support-faq' : 'assistant' },
        ...{ provider, model, input, output, costMicroUsd, savedMicroUsd },
        status: isFailed ? 502 : 200,
        code: isFailed ? 'upstream_error' : null,
        fallback: !isFailed && draw() < (isSecond ? 0.09 : 0.01) ? 'rate-limit' : null,
        cache: isHit ? 'hit' : team === 'support' ? 'miss' : 'off',
        durationMs: isHit ? 4 : Math.round(400 + draw() * draw() * 9000),
      });
    }
  }
  return requests;
}

/** Writes requests as a gateway has left them: a usage ledger and decision records. */
export async function writeHistory(dataDir: string, requests: readonly PastRequest[], prefix = 'req_'): Promise<void> {
  const ledger = createUsageLedger({ dataDir, timezone: () => 'Asia/Tokyo', onEvent: () => undefined });
  const lines: string[] = [];
  for (const [index, request] of requests.entries()) {
    const id = `${prefix}${index.toString(16).padStart(8, '0')}`;
    ledger.add(entryOf(id, request));
    if (index % 1000 === 999) await ledger.flush();
    lines.push(JSON.stringify(recordOf(id, request)));
  }
  await ledger.close();
  mkdirSync(join(dataDir, 'records'), { recursive: true });
  const stamp = new Date(requests[0]?.atMs ?? 0).toISOString().replace(/[-:.]/g, '');
  writeFileSync(join(dataDir, 'records', `records-${stamp}-1-0.ndjson`), lines.map((line) => `${line}\n`).join(''));
}

function entryOf(id: string, request: PastRequest): UsageEntry {
  const { atMs, team, consumer, route, provider, model, status, code, fallback, savedMicroUsd, costMicroUsd } = request;
  const isBilled = costMicroUsd > 0;
  const usage = isBilled ? { ...NO_USAGE, input: request.input, output: request.output } : null;
  return {
    ...{ id, atMs, team, consumer, route, status, code, fallback, savedMicroUsd },
    ...{ environment: 'production', revision: 'r1', chain: 'premium', endpoint: 'chat', attempts: 1, budgets: [] },
    charges: [
      {
        ...{ target: 'premium/first', provider, model, usage, costMicroUsd },
        ...{ priceSource: 'list', priceFromMs: 0, estimated: false, images: 0, searchUnits: 0 },
      },
    ],
  };
}

function recordOf(id: string, request: PastRequest): TrafficRecord {
  const { atMs, route, provider, model, status, code, fallback, cache, durationMs, costMicroUsd, consumer } = request;
  return {
    ...{ v: 1, id, at: new Date(atMs).toISOString(), environment: 'production', gatewayVersion: '0', revision: 'r1' },
    ...{ digest: 'd', request: { endpoint: 'chat', dialect: 'openai-chat', consumer } },
    decision: { route, allowed: true },
    attempts: [{ target: 'premium/first', provider, model, outcome: status < 400 ? 'ok' : 'server-error' }],
    outcome: { status, code, provider, model, fallback, cache, durationMs, costMicroUsd, complete: status < 400 },
  } as unknown as TrafficRecord;
}
