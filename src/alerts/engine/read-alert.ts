import { fitsGlob, type Glob, type MicroUsd, type Place } from '#core';
import type { AlertRule } from './alert-rule.ts';
import { quantileOf } from './duration-sketch.ts';
import type { WindowTotals } from './traffic-window.ts';

/** A budget counter as it stands; amounts in the budget's unit. */
export interface BudgetReading {
  readonly budget: string;
  readonly split: readonly string[];
  readonly unit: string;
  readonly limit: number;
  readonly spent: number;
  /** Null for rolling windows. */
  readonly windowEndMs: number | null;
  /** Null with too little to go by. */
  readonly projected: number | null;
  readonly reachesLimitAtMs: number | null;
}

/** Everything a condition may look at. */
export interface AlertInputs {
  readonly nowMs: number;
  readonly totals: WindowTotals;
  /** Counters of the rule's budget. */
  readonly budgets: readonly BudgetReading[];
  /** What the same hours of earlier weeks cost in the mean; null with less than a week of history. */
  readonly usualMicroUsd: MicroUsd | null;
  readonly openBreakers: readonly { readonly target: string; readonly provider: string }[];
  readonly rejected: { readonly atMs: number; readonly at: Place | null; readonly message: string } | null;
  readonly keys: readonly { readonly consumer: string; readonly id: string; readonly createdAtMs: number | null }[];
  /** Secrets of providers whose age is known. */
  readonly secrets: readonly { readonly provider: string; readonly id: string; readonly createdAtMs: number }[];
}

/** What a condition says at one moment. */
export interface AlertReading {
  /** Null: there is too little to say anything. */
  readonly isMet: boolean | null;
  /** Over, where an alert is firing. */
  readonly isClear: boolean;
  /** In the unit of the metric; null where it has none. */
  readonly value: number | null;
  /** Requests, answers, lookups or calls behind it. */
  readonly count: number;
  readonly bad: number;
  /** Which ones of several: splits of a budget, targets, providers, keys. */
  readonly subjects: readonly string[];
  readonly causes: readonly AlertCause[];
  /** The worst counter, for budgets. */
  readonly budget: BudgetReading | null;
  /** What is usual, for `spend-anomaly`. */
  readonly usual: number | null;
}

/** A cause with its number, largest first; for spending in micro-USD. */
export interface AlertCause {
  readonly name: string;
  readonly amount: number;
}

const NOTHING = { value: null, count: 0, bad: 0, subjects: [], causes: [], budget: null, usual: null } as const;
const TOP = 3;
/** Cents are no anomaly. */
const SMALL_MICRO_USD = 10_000;

/** Evaluates a condition. `above` and `below` are strict. Pure. */
export function readAlert(rule: AlertRule, inputs: AlertInputs): AlertReading {
  const { totals } = inputs;
  switch (rule.metric) {
    case 'error-rate':
    case 'fallback-share':
      return ofShare(rule, totals, totals.bad / totals.count);
    case 'cache-hit-rate':
      return ofShare(rule, totals, 1 - totals.bad / totals.count);
    case 'latency':
    case 'first-token':
      return ofShare(rule, totals, quantileOf(totals.sketch, rule.quantile));
    case 'cost':
      return ofShare(rule, totals, totals.costMicroUsd);
    case 'recorder-drops':
      return ofDrops(rule, totals);
    case 'spend-anomaly':
      return ofAnomaly(rule, inputs);
    case 'budget-used':
      return ofBudgets(rule, inputs.budgets, ({ spent, limit }) => (limit === 0 ? 1 : spent / limit));
    case 'forecast':
      return ofForecasts(rule, inputs);
    case 'provider-down':
      return ofProviders(rule, totals);
    case 'breaker-open': {
      const { providers } = rule.scope;
      const open = inputs.openBreakers.filter(
        ({ provider }) => providers === null || providers.some((glob) => fitsGlob(glob, provider)),
      );
      return ofList(open.map(({ target }) => target));
    }
    case 'policy-rejected': {
      const { rejected } = inputs;
      if (rejected === null) return ofList([]);
      const where = rejected.at === null ? '' : `${rejected.at.file}:${rejected.at.line}: `;
      return { ...ofList(['']), causes: [{ name: `${where}${rejected.message}`, amount: 1 }] };
    }
    case 'key-age':
      return ofAges(rule, inputs);
  }
}

/** Keys of consumers and secrets of providers; a scope that names the ones leaves out the others. */
function ofAges({ scope, threshold }: AlertRule, { keys, secrets, nowMs }: AlertInputs): AlertReading {
  const { consumers, providers } = scope;
  const isOpen = consumers === null && providers === null;
  const fits = (globs: readonly Glob[] | null, name: string) =>
    isOpen || globs?.some((glob) => fitsGlob(glob, name)) === true;
  const ages = [
    ...keys
      .filter(({ consumer }) => fits(consumers, consumer))
      .map(({ consumer, id, createdAtMs }) => ({
        subject: `${consumer}/${id}`,
        ageMs: nowMs - (createdAtMs ?? nowMs),
      })),
    ...secrets
      .filter(({ provider }) => fits(providers, provider))
      .map(({ provider, id, createdAtMs }) => ({ subject: `${provider}/${id}`, ageMs: nowMs - createdAtMs })),
  ];
  const old = ages.filter(({ ageMs }) => ageMs > (threshold ?? Number.POSITIVE_INFINITY));
  return {
    ...ofList(old.map(({ subject }) => subject)),
    value: old.length === 0 ? null : Math.max(...old.map(({ ageMs }) => ageMs)),
  };
}

function ofShare(rule: AlertRule, totals: WindowTotals, value: number | null): AlertReading {
  const { count, bad, causes } = totals;
  const common = { ...NOTHING, value, count, bad, causes: topCauses(causes) };
  if (value === null || Number.isNaN(value) || count < rule.minRequests) {
    return { ...common, value: value === null || Number.isNaN(value) ? null : value, isMet: null, isClear: true };
  }
  return { ...common, ...compare(rule, value) };
}

function compare({ threshold, clearAt, isBelow }: AlertRule, value: number): Pick<AlertReading, 'isMet' | 'isClear'> {
  const limit = threshold ?? 0;
  const clear = clearAt ?? limit;
  // 0.05 and 5 of 100 are the same number written differently.
  const slack = Math.abs(limit) * 1e-9;
  if (isBelow) return { isMet: value < limit - slack, isClear: value >= clear - slack };
  return { isMet: value > limit + slack, isClear: value <= clear + slack };
}

function ofDrops(rule: AlertRule, totals: WindowTotals): AlertReading {
  const { bad, count } = totals;
  const value = bad / Math.max(count, bad, 1);
  const common = { ...NOTHING, value, count, bad };
  return rule.threshold === null
    ? { ...common, isMet: bad > 0, isClear: bad === 0 }
    : { ...common, ...compare(rule, value) };
}

function ofAnomaly(rule: AlertRule, { totals, usualMicroUsd }: AlertInputs): AlertReading {
  const { count, costMicroUsd, causes } = totals;
  const common = { ...NOTHING, value: costMicroUsd, count, causes: topCauses(causes), usual: usualMicroUsd };
  if (usualMicroUsd === null || count < rule.minRequests) return { ...common, isMet: null, isClear: true };
  const limit = rule.factor * Math.max(usualMicroUsd, SMALL_MICRO_USD);
  return { ...common, isMet: costMicroUsd > limit, isClear: costMicroUsd <= limit };
}

function ofBudgets(
  rule: AlertRule,
  budgets: readonly BudgetReading[],
  shareOf: (budget: BudgetReading) => number,
): AlertReading {
  const read = budgets.map((budget) => ({ budget, value: shareOf(budget) })).sort((a, b) => b.value - a.value);
  const [worst] = read;
  if (worst === undefined) return { ...NOTHING, isMet: false, isClear: true };
  const over = read.filter(({ value }) => compare(rule, value).isMet === true);
  return {
    ...NOTHING,
    ...compare(rule, worst.value),
    value: worst.value,
    budget: worst.budget,
    subjects: over.map(({ budget }) => budget.split.join(' · ')),
  };
}

function ofForecasts(rule: AlertRule, { budgets, nowMs }: AlertInputs): AlertReading {
  if (rule.threshold !== null) {
    const known = budgets.filter(({ projected }) => projected !== null);
    return ofBudgets(rule, known, ({ projected, limit }) => (limit === 0 ? 1 : (projected ?? 0) / limit));
  }
  const untilMs = rule.withinMs === null ? Number.POSITIVE_INFINITY : nowMs + rule.withinMs;
  const reached = budgets
    .filter(({ reachesLimitAtMs }) => reachesLimitAtMs !== null && reachesLimitAtMs <= untilMs)
    .sort((a, b) => (a.reachesLimitAtMs ?? 0) - (b.reachesLimitAtMs ?? 0));
  const [first] = reached;
  const list = ofList(reached.map(({ split }) => split.join(' · ')));
  return first === undefined
    ? list
    : { ...list, budget: first, value: first.limit === 0 ? 1 : first.spent / first.limit };
}

function ofProviders(rule: AlertRule, { providers, causes }: WindowTotals): AlertReading {
  const down = Object.entries(providers).filter(
    ([, [ok, failed]]) => ok === 0 && failed >= Math.max(1, rule.minRequests),
  );
  const calls = down.reduce((sum, [, [, failed]]) => sum + failed, 0);
  return { ...ofList(down.map(([name]) => name).sort()), count: calls, bad: calls, causes: topCauses(causes) };
}

function ofList(subjects: readonly string[]): AlertReading {
  const isMet = subjects.length > 0;
  return { ...NOTHING, isMet, isClear: !isMet, subjects: [...subjects].sort(), count: subjects.length };
}

function topCauses(causes: WindowTotals['causes']): readonly AlertCause[] {
  return Object.entries(causes)
    .map(([name, amount]) => ({ name, amount }))
    .sort((a, b) => b.amount - a.amount || (a.name < b.name ? -1 : 1))
    .slice(0, TOP);
}
