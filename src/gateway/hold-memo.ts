import { type RequestFacts, type Reservation, windowStartOf } from '#decision';
import type { LeaseEnd, UsageEntry } from '#state';
import type { Progress } from './progress.ts';
import type { ChargedCounter } from './watch-thresholds.ts';

/** Of each reservation; 0 for no values of `per`. The start of its window stands in its key. */
type MemoCounter = readonly [unit: Reservation['counter']['unit'], split: readonly string[] | 0, windowEndMs: number];

/**
 * What the usage ledger needs to know of a request whose process is gone. Without the names of its fields, since it is kept with every hold: the target is the first
 * of the plan, most likely the one that was called.
 */
type Memo = readonly [
  atMs: number,
  names: readonly [
    environment: string,
    revision: string,
    consumer: string,
    team: string,
    route: string,
    chain: string | null,
    endpoint: string,
  ],
  to: readonly [target: string, provider: string, model: string],
  counters: readonly MemoCounter[],
];

/** Puts into a hold what its end would have to say of the request. Pure. */
export function writeHoldMemo(
  { call, active }: Progress,
  request: RequestFacts,
  route: string,
  plan: { readonly chain: string | null; readonly targets: readonly MemoTarget[] },
  reservations: readonly Reservation[],
): string {
  const [first] = plan.targets;
  const { environment, revision } = active.snapshot;
  const { consumer, labels, endpoint } = request;
  const memo: Memo = [
    call.startedMs,
    [environment, revision, consumer, labels.team ?? '', route, plan.chain, endpoint],
    [first?.id ?? '', first?.provider.name ?? '', first?.model ?? ''],
    reservations.map(({ counter: { unit, split, windowEndMs } }) => [
      unit,
      split.length === 0 ? 0 : split,
      windowEndMs,
    ]),
  ];
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
  const [atMs, names, [target, provider, model], counters] = memo;
  const [environment, revision, consumer, team, route, chain, endpoint] = names;
  const sign = kind === 'ended' ? 1 : -1;
  // Every budget of cost holds the same worst case, but for one that looks at some targets only.
  const costs = end.charges.flatMap(({ amount }, at) => (counters[at]?.[0] === 'cost' ? [amount] : []));
  const costMicroUsd = costs.length === 0 ? null : sign * Math.max(...costs);
  return {
    id: end.id,
    lease: { kind, endedMs: end.endedMs },
    ...{ atMs, environment, revision, consumer, team, route, chain, endpoint },
    status: 0,
    code: 'lease-expired',
    fallback: null,
    attempts: 0,
    savedMicroUsd: 0,
    charges: [
      {
        ...{ target, provider, model, usage: null, images: 0, searchUnits: 0 },
        ...{ costMicroUsd, priceSource: null, priceFromMs: null, estimated: true },
      },
    ],
    budgets: end.charges.flatMap(({ key, budget, limit, amount }, at) => {
      const counter = counters[at];
      if (counter === undefined || amount === 0) return [];
      const [unit, split, windowEndMs] = counter;
      const window = { windowStartMs: windowStartOf(key), windowEndMs };
      const own = { key, budget, unit, limit, split: split === 0 ? [] : split, ...window };
      return [{ counter: own, isRolling: window.windowStartMs === 0, amount: sign * amount }];
    }),
  };
}

/** The counters that the end of a lease has charged, as it left them. Pure. */
export function leaseCounters(end: LeaseEnd): readonly ChargedCounter[] {
  const memo = readMemo(end.memo);
  return end.charges.flatMap(({ key, budget, limit, amount, spent }, at) => {
    const counter = memo?.[3][at];
    if (counter === undefined || amount === 0) return [];
    const [, split, windowEndMs] = counter;
    return [{ counter: { key, budget, limit, split: split === 0 ? [] : split, windowEndMs }, spent }];
  });
}

function readMemo(text: string): Memo | null {
  if (text === '') return null;
  try {
    const memo = JSON.parse(text) as Memo;
    return Array.isArray(memo) && memo.length === 4 ? memo : null;
  } catch {
    return null;
  }
}
