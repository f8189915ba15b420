import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { NO_USAGE, TOKEN_CLASSES, type TokenClass } from '#core';
import type { BudgetCharge, UsageCharge, UsageEntry } from './usage-entry.ts';

/** A quarter of an hour. */
export const SLICE_MS = 900_000;
const HOUR_MS = 3_600_000;

/** The column of each token class. */
export const TOKEN_COLUMNS: Readonly<Record<TokenClass, string>> = {
  input: 'input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  reasoning: 'reasoning',
  audioInput: 'audio_input',
  audioOutput: 'audio_output',
};

const COLUMNS = TOKEN_CLASSES.map((name) => TOKEN_COLUMNS[name]);
const SUMS = [
  'requests',
  'failed',
  'fallbacks',
  'estimated',
  'unpriced',
  ...COLUMNS,
  'cost_micro_usd',
  'saved_micro_usd',
];

/** Writes one entry; false when its id is known already, and then nothing changes. */
export type WriteEntry = (entry: UsageEntry) => boolean;

/** Prepares the statements. Effects: on the database, inside whatever transaction is open. */
export function prepareWriteEntry(database: DatabaseSync): WriteEntry {
  const addCharge = database.prepare(
    `INSERT INTO charges (id, part, at_ms, environment, revision, consumer, team, route, chain, target, provider, model,
     endpoint, ${COLUMNS.join(', ')}, cost_micro_usd, price_source, price_from_ms, estimated, status, code, fallback, attempts,
     billed_attempts, saved_micro_usd) VALUES (${Array(31).fill('?').join(', ')})
     ON CONFLICT (id, part) DO NOTHING`,
  );
  const addToSlice = database.prepare(
    `INSERT INTO slices VALUES (${Array(6 + SUMS.length)
      .fill('?')
      .join(', ')}) ON CONFLICT DO UPDATE SET
     ${SUMS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  );
  const addToCounter = database.prepare(
    `INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET spent = spent + excluded.spent,
     limit_amount = excluded.limit_amount, window_end_ms = max(window_end_ms, excluded.window_end_ms)`,
  );
  const addToHour = database.prepare(
    'INSERT INTO budget_hours VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount',
  );

  function writeBudget({ counter, isRolling, amount }: BudgetCharge, atMs: number): void {
    const { key, budget, unit, limit, windowStartMs, windowEndMs } = counter;
    const split = JSON.stringify(counter.split);
    const from = isRolling ? 0 : windowStartMs;
    addToCounter.run(key, budget, split, unit, limit, from, windowEndMs, isRolling ? 1 : 0, amount);
    if (amount !== 0) addToHour.run(budget, split, unit, Math.floor(atMs / HOUR_MS) * HOUR_MS, amount);
  }

  return (entry) => {
    for (const [part, charge] of entry.charges.entries()) {
      const { changes } = addCharge.run(...chargeColumns(entry, charge, part));
      if (Number(changes) === 0) return false;
      addToSlice.run(...sliceColumns(entry, charge, part));
    }
    for (const budget of entry.budgets) writeBudget(budget, entry.atMs);
    return true;
  };
}

function chargeColumns(entry: UsageEntry, charge: UsageCharge, part: number): SQLInputValue[] {
  const { id, atMs, environment, revision, consumer, team, route, chain, endpoint, status, code, fallback } = entry;
  const { target, provider, model, costMicroUsd, priceSource, priceFromMs, estimated } = charge;
  const billed = entry.charges.filter(({ usage }) => usage !== null).length;
  return [
    ...[
      id,
      rowOf(entry, part),
      atMs,
      environment,
      revision,
      consumer,
      team,
      route,
      chain,
      target,
      provider,
      model,
      endpoint,
    ],
    ...tokenColumns(charge),
    ...[costMicroUsd, priceSource, priceFromMs, Number(estimated), status, code, fallback],
    ...[entry.attempts, billed, part === 0 ? entry.savedMicroUsd : 0],
  ];
}

/** The rows of a lease stand beside those of the request's own account: numbered by the time it ended, below zero when taken back. */
function rowOf({ lease }: UsageEntry, part: number): number {
  if (lease === undefined) return part;
  return lease.kind === 'ended' ? lease.endedMs : -lease.endedMs;
}

function sliceColumns(entry: UsageEntry, charge: UsageCharge, part: number): SQLInputValue[] {
  const { atMs, consumer, team, route, status, fallback, charges, savedMicroUsd } = entry;
  const isFirst = part === 0;
  const sign = entry.lease?.kind === 'undone' ? -1 : 1;
  const once = (holds: boolean) => sign * Number(isFirst && holds);
  return [
    ...[Math.floor(atMs / SLICE_MS) * SLICE_MS, consumer, team, route, charge.provider, charge.model],
    ...[once(true), once(status >= 400), once(fallback !== null)],
    once(charges.some(({ estimated }) => estimated)),
    once(charges.some(({ costMicroUsd }) => costMicroUsd === null)),
    ...tokenColumns(charge),
    ...[charge.costMicroUsd ?? 0, isFirst ? savedMicroUsd : 0],
  ];
}

/** Providers report what they like; a count that is no whole number from 0 is cut to one, as pricing does. */
function tokenColumns({ usage }: UsageCharge): number[] {
  return TOKEN_CLASSES.map((name) => {
    const count = (usage ?? NO_USAGE)[name];
    return Number.isFinite(count) && count > 0 ? Math.floor(count) : 0;
  });
}
