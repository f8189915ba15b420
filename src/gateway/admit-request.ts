import { GatewayError } from '#core';
import { type Attempt, type Decision, decide, type Facts, type RequestFacts, raiseHolds } from '#decision';
import type { Route, Snapshot } from '#snapshot';
import { type Hold, type ReserveResult, StoreUnavailableError } from '#state';
import type { GatewayParts } from './gateway-parts.ts';
import { writeHoldMemo } from './hold-memo.ts';
import type { Progress } from './progress.ts';

type Allowed = Extract<Decision, { kind: 'allow' }>;

// Another request may take the last of a budget between reading and reserving, and again after the second look.
const TRIES = 3;

/**
 * Decides, and takes the holds that the decision asks for: all of them or none. When a counter has filled up since it was read, decides again with
 * what the store said; when the store cannot answer, by each budget's `failMode`. Leaves every finding in `progress`. Throws the refusal as a GatewayError, 503 `overloaded` when the counters never stand still.
 */
export async function admitRequest(
  parts: GatewayParts,
  progress: Progress,
  snapshot: Snapshot,
  request: RequestFacts,
  route: Route,
  facts: Facts,
): Promise<Allowed> {
  let known = facts;
  for (let tries = 0; tries < TRIES; tries++) {
    const decision = decide(snapshot, request, route, known);
    progress.facts = known;
    progress.decision = decision;
    if (decision.kind === 'deny') throw refusalOf(decision);
    if (decision.reservations.length === 0) return decision;
    if (known.countersUnread) {
      progress.isUnheld = true;
      return decision;
    }
    const { reservations } = decision;
    const memo = writeHoldMemo(progress, request, decision.route, decision.plan, reservations);
    progress.memo = memo;
    const result = await reserveOrMiss(parts, { id: request.id, owner: parts.owner, memo, reservations });
    if (result === null) {
      // It may hold them all the same: whatever is decided now, the account is settled under this id.
      progress.isUnheld = true;
      known = { ...known, countersUnread: true };
      continue;
    }
    if (result.kind === 'held') {
      progress.isHeld = true;
      parts.leases.hold(request.id, reservations);
      return decision;
    }
    known = { ...known, counters: { ...known.counters, ...result.counters } };
  }
  throw new GatewayError('overloaded', 'the budgets of this request change faster than they can be reserved', {
    retryAfterMs: 1000,
  });
}

/** Before a further attempt: raises the holds by what the failed ones were billed. The refusal when a budget has no room for it. */
export async function raiseForAttempt(
  parts: GatewayParts,
  progress: Progress,
  decision: Allowed,
  attempts: readonly Attempt[],
): Promise<GatewayError | null> {
  if (!progress.isHeld) return null;
  const { id, startedMs } = progress.call;
  const raised = raiseHolds(progress.snapshot, decision, attempts, startedMs);
  if (raised === decision) return null;
  const result = await reserveOrMiss(parts, {
    id,
    owner: parts.owner,
    memo: progress.memo,
    reservations: raised.reservations,
  });
  if (result === null) return refusalUnraised(progress.snapshot, decision);
  if (result.kind === 'held') return null;
  const budgets = decision.reservations.filter(({ counter }) => result.exhausted.includes(counter.key));
  const names = budgets.map(({ counter }) => counter.budget).join(', ');
  return new GatewayError('budget_exceeded', `budget ${names} has no room for a further attempt`, {
    retryAfterMs: Math.max(1000, (budgets[0]?.counter.windowEndMs ?? 0) - startedMs),
  });
}

/** Null when the store cannot answer, which tells nothing about whether it took the hold. */
async function reserveOrMiss(parts: GatewayParts, hold: Hold): Promise<ReserveResult | null> {
  try {
    return await parts.store.reserve(hold);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return null;
    throw error;
  }
}

/** A further attempt goes beyond what is held, so a budget that fails closed refuses it. */
function refusalUnraised(snapshot: Snapshot, decision: Allowed): GatewayError | null {
  const closed = decision.reservations.find(
    ({ counter, enforce }) => enforce && snapshot.budgets.get(counter.budget)?.failMode === 'closed',
  );
  if (closed === undefined) return null;
  const budget = closed.counter.budget;
  return new GatewayError('store_unavailable', `budget ${budget} cannot be read, so no further attempt is made`);
}

/** A refusal as the error that the caller gets. Pure. */
export function refusalOf(denial: Extract<Decision, { kind: 'deny' }>): GatewayError {
  const { code, message, status, retryAfterMs, at } = denial;
  const place = at === null ? '' : ` (${at.file}:${at.line})`;
  const field = ABOUT_MODEL.has(code) ? { field: 'model' } : {};
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  return new GatewayError(code, `${message}${place}`, { status, ...field, ...wait });
}

/** Refusals that another model in the request would have spared. */
const ABOUT_MODEL: ReadonlySet<string> = new Set(['no_route', 'model_not_allowed']);
