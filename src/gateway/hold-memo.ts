import type { RequestFacts, Reservation } from '#decision';
import type { LeaseEnd, UsageEntry } from '#state';
import type { Progress } from './progress.ts';
import type { ChargedCounter } from './watch-thresholds.ts';

/** Of each reservation: unit, values of `per`, rolling (1) or calendar (0), and its window. */
type MemoCounter = readonly [unit: Reservation['counter']['unit'], split: readonly string[], 0 | 1, number, number];

/** What the usage ledger needs to know of a request whose process is gone; short names, since it is kept with every hold. */
interface Memo {
  readonly at: number;
  readonly env: string;
  readonly rev: string;
  readonly by: string;
  readonly team: string;
  readonly route: string;
  readonly chain: string | null;
  readonly ep: string;
  /** The first target of the plan: most likely the one that was called. */
  readonly to: readonly [target: string, provider: string, model: string];
  readonly on: readonly MemoCounter[];
}

/** Puts into a hold what its end would have to say of the request. Pure. */
export function writeHoldMemo(
  { call, active, snapshot }: Progress,
  request: RequestFacts,
  route: string,
  plan: { readonly chain: string | null; readonly targets: readonly MemoTarget[] },
  reservations: readonly Reservation[],
): string {
  const [first] = plan.targets;
  const memo: Memo = {
    at: call.startedMs,
    env: active.snapshot.environment,
    rev: active.snapshot.revision,
    by: request.consumer,
    team: request.labels.team ?? '',
    route,
    chain: plan.chain,
    ep: request.endpoint,
    to: [first?.id ?? '', first?.provider.name ?? '', first?.model ?? ''],
    on: reservations.map(({ counter: { budget, unit, split, windowStartMs, windowEndMs } }) => {
      const isRolling = snapshot.budgets.get(budget)?.window.kind === 'rolling';
      return [unit, split, isRolling ? 1 : 0, windowStartMs, windowEndMs];
    }),
  };
  return JSON.stringify(memo);
}

interface MemoTarget {
  readonly id: string;
  readonly model: string | null;
  readonly provider: { readonly name: string };
}

/**
 * The end of a lease as the usage ledger keeps it: what budgets of cost were charged, as an estimate, under the request's id. Undone, the same with the
 * opposite sign. Null where nothing was charged, or the hold is of an older gateway. Pure.
 */
export function leaseEntry(end: LeaseEnd, kind: 'ended' | 'undone'): UsageEntry | null {
  const memo = readMemo(end.memo);
  if (memo === null || !end.charges.some(({ amount }) => amount > 0)) return null;
  const [target, provider, model] = memo.to;
  const sign = kind === 'ended' ? 1 : -1;
  // Every budget of cost holds the same worst case, but for one that looks at some targets only.
  const costs = end.charges.flatMap(({ amount }, at) => (memo.on[at]?.[0] === 'cost' ? [amount] : []));
  const costMicroUsd = costs.length === 0 ? null : sign * Math.max(...costs);
  return {
    id: end.id,
    lease: { kind, endedMs: end.endedMs },
    atMs: memo.at,
    environment: memo.env,
    revision: memo.rev,
    consumer: memo.by,
    team: memo.team,
    route: memo.route,
    chain: memo.chain,
    endpoint: memo.ep,
    status: 0,
    code: 'lease-expired',
    fallback: null,
    attempts: 0,
    savedMicroUsd: 0,
    charges: [
      { target, provider, model, usage: null, costMicroUsd, priceSource: null, priceFromMs: null, estimated: true },
    ],
    budgets: end.charges.flatMap(({ key, budget, limit, amount }, at) => {
      const counter = memo.on[at];
      if (counter === undefined || amount === 0) return [];
      const [unit, split, isRolling, windowStartMs, windowEndMs] = counter;
      const own = { key, budget, unit, limit, split, windowStartMs, windowEndMs };
      return [{ counter: own, isRolling: isRolling === 1, amount: sign * amount }];
    }),
  };
}

/** The counters that the end of a lease has charged, as it left them. Pure. */
export function leaseCounters(end: LeaseEnd): readonly ChargedCounter[] {
  const memo = readMemo(end.memo);
  return end.charges.flatMap(({ key, budget, limit, amount, spent }, at) => {
    const counter = memo?.on[at];
    if (counter === undefined || amount === 0) return [];
    const [, split, , , windowEndMs] = counter;
    return [{ counter: { key, budget, limit, split, windowEndMs }, spent }];
  });
}

function readMemo(text: string): Memo | null {
  if (text === '') return null;
  try {
    const memo = JSON.parse(text) as Memo;
    return Array.isArray(memo.on) && Array.isArray(memo.to) ? memo : null;
  } catch {
    return null;
  }
}
