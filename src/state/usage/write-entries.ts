import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { TOKEN_CLASSES } from '#core';
import { chargeColumns, PIECE_COLUMNS, sliceColumns, TOKEN_COLUMNS } from './usage-columns.ts';
import type { BudgetCharge, UsageEntry } from './usage-entry.ts';

const HOUR_MS = 3_600_000;
/** So many columns in front name a row of sums. */
const SLICE_KEY = 6;
const HOUR_KEY = 4;

const COLUMNS = TOKEN_CLASSES.map((name) => TOKEN_COLUMNS[name]);
const PIECES = Object.values(PIECE_COLUMNS);
const SUMS = [
  'requests',
  'failed',
  'fallbacks',
  'estimated',
  'unpriced',
  ...COLUMNS,
  'cost_micro_usd',
  'saved_micro_usd',
  ...PIECES,
];

/** Writes entries; one whose id is known already changes nothing. */
export type WriteEntries = (entries: readonly UsageEntry[]) => void;

/** Rows of a table of sums that wait to be added, by their key: a group of requests shares a few of them. */
type Waiting = Map<string, SQLInputValue[]>;

/** Prepares the statements. Effects: on the database, inside whatever transaction is open. */
export function prepareWriteEntries(database: DatabaseSync): WriteEntries {
  const addCharge = database.prepare(
    `INSERT INTO charges (id, part, at_ms, environment, revision, consumer, team, route, chain, target, provider, model,
     endpoint, ${COLUMNS.join(', ')}, cost_micro_usd, price_source, price_from_ms, estimated, status, code, fallback, attempts,
     billed_attempts, saved_micro_usd, ${PIECES.join(', ')}) VALUES (${Array(33).fill('?').join(', ')})
     ON CONFLICT (id, part) DO NOTHING`,
  );
  const addToSlice = database.prepare(
    `INSERT INTO slices VALUES (${Array(SLICE_KEY + SUMS.length)
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

  return (entries) => {
    const slices: Waiting = new Map();
    const hours: Waiting = new Map();
    const counters = new Map<
      string,
      { readonly latest: BudgetCharge; readonly endMs: number; readonly spent: number }
    >();
    for (const entry of entries) {
      if (!addCharges(entry, slices)) continue;
      for (const budget of entry.budgets) {
        const { counter, amount } = budget;
        const before = counters.get(counter.key);
        const endMs = Math.max(counter.windowEndMs, before?.endMs ?? 0);
        counters.set(counter.key, { latest: budget, endMs, spent: amount + (before?.spent ?? 0) });
        if (amount !== 0) addTo(hours, hourColumns(budget, entry.atMs), HOUR_KEY);
      }
    }
    for (const columns of slices.values()) addToSlice.run(...columns);
    for (const { latest, endMs, spent } of counters.values()) {
      addToCounter.run(...counterColumns(latest), endMs, Number(latest.isRolling), spent);
    }
    for (const columns of hours.values()) addToHour.run(...columns);
  };

  function addCharges(entry: UsageEntry, slices: Waiting): boolean {
    for (const [part, charge] of entry.charges.entries()) {
      const { changes } = addCharge.run(...chargeColumns(entry, charge, part));
      if (Number(changes) === 0) return false;
      addTo(slices, sliceColumns(entry, charge, part), SLICE_KEY);
    }
    return true;
  }
}

/** Adds the columns behind the key to those that wait under the same key. */
function addTo(waiting: Waiting, columns: SQLInputValue[], keyLength: number): void {
  const key = JSON.stringify(columns.slice(0, keyLength));
  const before = waiting.get(key);
  waiting.set(
    key,
    before === undefined
      ? columns
      : columns.map((value, at) => (at < keyLength ? value : Number(value) + Number(before[at]))),
  );
}

function counterColumns({ counter, isRolling }: BudgetCharge): SQLInputValue[] {
  const { key, budget, split, unit, limit, windowStartMs } = counter;
  return [key, budget, JSON.stringify(split), unit, limit, isRolling ? 0 : windowStartMs];
}

function hourColumns({ counter, amount }: BudgetCharge, atMs: number): SQLInputValue[] {
  const { budget, split, unit } = counter;
  return [budget, JSON.stringify(split), unit, Math.floor(atMs / HOUR_MS) * HOUR_MS, amount];
}
