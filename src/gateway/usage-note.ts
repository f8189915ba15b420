import { TOKEN_CLASSES, type Usage } from '#core';
import type { BudgetCharge, UsageCharge, UsageEntry } from '#state';

type PackedCharge = [
  target: string,
  provider: string,
  model: string,
  usage: readonly number[] | 0,
  costMicroUsd: number | null,
  priceSource: string | null,
  priceFromMs: number | null,
  isEstimated: 0 | 1,
  images?: number,
  searchUnits?: number,
];

type PackedBudget = [
  key: string,
  budget: string,
  unit: BudgetCharge['counter']['unit'],
  limit: number,
  split: readonly string[] | 0,
  windowStartMs: number,
  windowEndMs: number,
  isRolling: 0 | 1,
  amount: number,
];

type PackedEntry = [
  id: string,
  atMs: number,
  names: readonly [string, string, string, string, string, string | null, string],
  end: readonly [status: number, code: string | null, fallback: string | null, attempts: number, saved: number],
  charges: readonly PackedCharge[],
  budgets: readonly PackedBudget[],
];

/**
 * The account that a store keeps with a settlement until the usage ledger has it, without the names of its fields: half the bytes, which a store writes with
 * every request. Pure.
 */
export function writeUsageNote(entry: UsageEntry): string {
  const { id, atMs, environment, revision, consumer, team, route, chain, endpoint } = entry;
  const packed: PackedEntry = [
    id,
    atMs,
    [environment, revision, consumer, team, route, chain, endpoint],
    [entry.status, entry.code, entry.fallback, entry.attempts, entry.savedMicroUsd],
    entry.charges.map(packCharge),
    entry.budgets.map(packBudget),
  ];
  return JSON.stringify(packed);
}

/** Null for what no gateway has written. Pure. */
export function readUsageNote(text: string): UsageEntry | null {
  try {
    const [id, atMs, names, end, charges, budgets] = JSON.parse(text) as PackedEntry;
    const [environment, revision, consumer, team, route, chain, endpoint] = names;
    const [status, code, fallback, attempts, savedMicroUsd] = end;
    const [first, ...others] = charges.map(unpackCharge);
    if (typeof id !== 'string' || first === undefined) return null;
    const who = { id, atMs, environment, revision, consumer, team, route, chain, endpoint };
    const how = { status, code, fallback, attempts, savedMicroUsd };
    return { ...who, ...how, charges: [first, ...others], budgets: budgets.map(unpackBudget) };
  } catch {
    return null;
  }
}

function packCharge(charge: UsageCharge): PackedCharge {
  const { target, provider, model, usage, costMicroUsd, priceSource, priceFromMs, estimated } = charge;
  const counts = usage === null ? 0 : TOKEN_CLASSES.map((name) => usage[name]);
  const { images, searchUnits } = charge;
  const pieces = images === 0 && searchUnits === 0 ? ([] as const) : ([images, searchUnits] as const);
  return [target, provider, model, counts, costMicroUsd, priceSource, priceFromMs, estimated ? 1 : 0, ...pieces];
}

function unpackCharge([target, provider, model, counts, costMicroUsd, ...rest]: PackedCharge): UsageCharge {
  const [priceSource, priceFromMs, isEstimated, images = 0, searchUnits = 0] = rest;
  const usage =
    counts === 0
      ? null
      : (Object.fromEntries(TOKEN_CLASSES.map((name, at) => [name, counts[at] ?? 0])) as unknown as Usage);
  const price = { costMicroUsd, priceSource, priceFromMs };
  return { target, provider, model, usage, images, searchUnits, ...price, estimated: isEstimated === 1 };
}

function packBudget({ counter, isRolling, amount }: BudgetCharge): PackedBudget {
  const { key, budget, unit, limit, split, windowStartMs, windowEndMs } = counter;
  const parts = split.length === 0 ? 0 : split;
  return [key, budget, unit, limit, parts, windowStartMs, windowEndMs, isRolling ? 1 : 0, amount];
}

function unpackBudget([key, budget, unit, limit, split, ...rest]: PackedBudget): BudgetCharge {
  const [windowStartMs, windowEndMs, isRolling, amount] = rest;
  const counter = { key, budget, unit, limit, split: split === 0 ? [] : split, windowStartMs, windowEndMs };
  return { counter, isRolling: isRolling === 1, amount };
}
