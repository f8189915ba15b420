import type { DatabaseSync } from 'node:sqlite';
import { TOKEN_CLASSES } from '#core';
import { TOKEN_COLUMNS } from './usage-columns.ts';
import type { UsageReport, UsageRequest } from './usage-report.ts';

// At 50 requests a second a span holds some 30,000 rows, which a search takes about 45 ms for.
const SPAN_MS = 600_000;
const TOKENS = TOKEN_CLASSES.map((name) => TOKEN_COLUMNS[name]).join(' + ');

/** Prepares the search for the largest requests of a span of time: ten minutes at a time, so that other work goes on in between. */
export function createTopRequests(
  database: DatabaseSync,
): (fromMs: number, toMs: number, count: number) => Promise<UsageReport['top']> {
  const order = (column: string) =>
    database.prepare(
      `SELECT id, min(at_ms) AS at_ms, max(consumer) AS consumer, max(route) AS route,
       coalesce(max(CASE part WHEN 0 THEN model END), max(model)) AS model, sum(${TOKENS}) AS tokens, sum(cost_micro_usd) AS cost,
       count(*) - count(cost_micro_usd) AS unknown FROM charges INDEXED BY charges_by_time
       WHERE at_ms >= ? AND at_ms < ? GROUP BY id ORDER BY ${column} DESC, id LIMIT ?`,
    );
  const byCost = order('cost');
  const byTokens = order('tokens');
  const next = database.prepare('SELECT min(at_ms) AS next FROM charges WHERE at_ms >= ?');

  /** Spans in which nothing happened are leapt over. */
  function nextAfter(atMs: number): number {
    const found = next.get(atMs)?.next;
    return found === null || found === undefined ? Number.POSITIVE_INFINITY : Number(found);
  }

  return async (fromMs, toMs, count) => {
    let dearest: readonly UsageRequest[] = [];
    let largest: readonly UsageRequest[] = [];
    for (let atMs = nextAfter(fromMs); count > 0 && atMs < toMs; atMs = nextAfter(atMs + SPAN_MS)) {
      const untilMs = Math.min(toMs, atMs + SPAN_MS);
      const found = (statement: typeof byCost) => statement.all(atMs, untilMs, count).map(requestOf);
      dearest = [...dearest, ...found(byCost)].sort((a, b) => costOf(b) - costOf(a)).slice(0, count);
      await new Promise(setImmediate);
      largest = [...largest, ...found(byTokens)].sort((a, b) => b.tokens - a.tokens).slice(0, count);
      await new Promise(setImmediate);
    }
    return { byCost: dearest, byTokens: largest };
  };
}

function requestOf(row: Readonly<Record<string, unknown>>): UsageRequest {
  return {
    id: String(row.id),
    at: new Date(Number(row.at_ms)).toISOString(),
    consumer: String(row.consumer),
    route: String(row.route),
    model: String(row.model),
    tokens: Number(row.tokens),
    costMicroUsd: Number(row.unknown) > 0 ? null : Number(row.cost),
  };
}

function costOf({ costMicroUsd }: UsageRequest): number {
  return costMicroUsd ?? 0;
}
