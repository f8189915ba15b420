import { type Attempt, type Decision, type PlanTarget, priceAt } from '#decision';
import type { Snapshot } from '#snapshot';
import type { UsageCharge, UsageEntry } from '#state';
import type { Progress } from './progress.ts';

type Allowed = Extract<Decision, { kind: 'allow' }>;

/** A settled request as the usage ledger keeps it; null for one that was refused, which cost nothing. Pure. */
export function usageEntry(progress: Readonly<Progress>): UsageEntry | null {
  const { call, snapshot, active, request, decision, attempts, served, settlement } = progress;
  if (settlement === null || decision?.kind !== 'allow' || request === null) return null;
  const costs = attempts.map((_, index) => settlement.perAttempt[index]?.costMicroUsd ?? null);
  const charges = attempts.map((attempt, index) =>
    chargeOf(snapshot, decision, attempt, costs[index] ?? null, call.startedMs),
  );
  return {
    id: call.id,
    atMs: call.startedMs,
    environment: active.snapshot.environment,
    revision: active.snapshot.revision,
    consumer: request.consumer,
    team: request.labels.team ?? '',
    route: decision.route,
    chain: decision.plan.chain,
    endpoint: request.endpoint,
    status: progress.status,
    code: progress.errorCode,
    fallback: served?.fallback ?? null,
    attempts: attempts.length,
    savedMicroUsd: progress.cache.savedMicroUsd ?? 0,
    charges: splitCost(charges, settlement.costMicroUsd),
    budgets: settlement.charges.map(({ counter, amount }) => ({
      counter,
      isRolling: snapshot.budgets.get(counter.budget)?.window.kind === 'rolling',
      amount,
    })),
  };
}

/**
 * The last call first, then the others that were billed or must have been. A request's cost is rounded once, its parts are rounded each: the first part takes the difference, so that the parts
 * add up to the cost. Pure.
 */
export function splitCost(charges: readonly UsageCharge[], costMicroUsd: number): UsageEntry['charges'] {
  const last = charges.at(-1) ?? NO_CHARGE;
  const earlier = charges.slice(0, -1).filter(({ usage, costMicroUsd: cost }) => usage !== null || cost === null);
  let left = costMicroUsd;
  const fitted = earlier.map((charge) => {
    if (charge.costMicroUsd === null) return charge;
    const cost = last.costMicroUsd === null ? charge.costMicroUsd : Math.min(charge.costMicroUsd, left);
    left -= cost;
    return { ...charge, costMicroUsd: cost };
  });
  return [last.costMicroUsd === null ? last : { ...last, costMicroUsd: left }, ...fitted];
}

/** A request that ended before any call. */
const NO_CHARGE: UsageCharge = {
  target: '',
  provider: '',
  model: '',
  usage: null,
  images: 0,
  searchUnits: 0,
  costMicroUsd: 0,
  priceSource: null,
  priceFromMs: null,
  estimated: false,
};

function chargeOf(
  snapshot: Snapshot,
  { plan }: Allowed,
  attempt: Attempt,
  costMicroUsd: number | null,
  atMs: number,
): UsageCharge {
  const { usage, outcome, estimated, images = 0, searchUnits = 0 } = attempt;
  const target: PlanTarget | undefined = plan.targets.find(({ id }) => id === attempt.target);
  const model = target?.model ?? null;
  const price = model === null ? null : priceAt(snapshot.models.get(model), atMs);
  const isBilled = usage !== null || outcome === 'ok';
  return {
    target: attempt.target,
    provider: target?.provider.name ?? '',
    model: model ?? '',
    usage,
    images,
    searchUnits,
    costMicroUsd: isBilled ? costMicroUsd : 0,
    priceSource: usage === null ? null : (price?.source ?? null),
    priceFromMs: usage === null ? null : (price?.fromMs ?? null),
    estimated: usage !== null && estimated,
  };
}
