import type { ErrorCode, OutcomeReason, SkipReason } from '#core';
import type { Snapshot } from '#snapshot';
import { advance } from './advance.ts';
import { decide } from './decide.ts';
import { denyUnknownConsumer, denyUnmatched } from './denials.ts';
import { failureOf } from './failure.ts';
import { match } from './match.ts';
import { playAttempt, scriptedOutcome, type UpstreamScript } from './script.ts';
import { settle } from './settle.ts';
import { asSent, trimmedFacts } from './trim-limit.ts';
import type { Attempt, Decision, Facts, NeededFacts, Next, PlanTarget, RequestFacts, Settlement } from './types.ts';

/** A call that was made, with what led to it. */
export interface SimulatedCall {
  readonly attempt: Attempt;
  readonly waitMs: number;
  readonly via: 'first' | 'retry' | 'fallback';
}

/** What came of a request in a simulated world. */
export interface Simulation {
  readonly route: string | null;
  /** As it was decided about; null where no route has it. */
  readonly request: RequestFacts | null;
  readonly needs: NeededFacts;
  readonly decision: Decision;
  readonly calls: readonly SimulatedCall[];
  /** The target that answered; null when none did. */
  readonly target: PlanTarget | null;
  /** Value of `x-signalbox-fallback`; null when the first target answered, or none. */
  readonly fallback: OutcomeReason | SkipReason | null;
  /** Whether a lower tier than that of the first target answered. */
  readonly isDegraded: boolean;
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly message: string | null;
  readonly retryAfterMs: number | null;
  /** Null for a refusal. */
  readonly settlement: Settlement | null;
  /** From the request to its end, waits included. */
  readonly elapsedMs: number;
}

/**
 * Runs one request through match, decide, advance and settle against scripted upstreams on a virtual clock that starts at `facts.nowMs`. Jitter uses
 * `facts.draw` for every wait. What `signalbox test`, `explain` and replay run. Pure.
 */
export function simulateRequest(
  snapshot: Snapshot,
  request: RequestFacts,
  facts: Facts,
  script: UpstreamScript = {},
): Simulation {
  if (!snapshot.consumers.has(request.consumer)) return refused(denyUnknownConsumer(request), NO_NEEDS);
  const matched = match(snapshot, asSent(request), facts.nowMs);
  if (matched.kind === 'unmatched') return refused(denyUnmatched(request), NO_NEEDS);
  const trimmed = trimmedFacts(snapshot, request, matched.route);
  const decision = decide(snapshot, trimmed, matched.route, facts);
  if (decision.kind === 'deny') return { ...refused(decision, matched.needs), request: trimmed };

  const { calls, end } = callUpstreams(decision, trimmed, facts, script);
  const attempts = calls.map(({ attempt }) => attempt);
  const served = end.kind === 'served' ? end.next : null;
  const failure = end.kind === 'served' ? null : failureOf(end.next, attempts);
  const { firstTier } = decision.plan;
  return {
    route: decision.route,
    request: trimmed,
    needs: matched.needs,
    decision,
    calls,
    target: served?.target ?? null,
    fallback: served?.fallback ?? null,
    isDegraded: served?.target.tier != null && firstTier != null && served.target.tier < firstTier,
    status: failure?.status ?? attempts.at(-1)?.status ?? 200,
    code: failure?.code ?? null,
    message: failure?.message ?? null,
    retryAfterMs: failure?.retryAfterMs ?? null,
    settlement: settle(snapshot, decision, attempts, facts.nowMs),
    elapsedMs: attempts.at(-1)?.endedMs ?? 0,
  };
}

const NO_NEEDS: NeededFacts = Object.freeze({ targets: [], counters: [] });

type End =
  | { readonly kind: 'served'; readonly next: Extract<Next, { kind: 'attempt' }> }
  | { readonly kind: 'failed'; readonly next: Extract<Next, { kind: 'give-up' }> };

function callUpstreams(
  { plan }: Extract<Decision, { kind: 'allow' }>,
  request: RequestFacts,
  facts: Facts,
  script: UpstreamScript,
): { readonly calls: readonly SimulatedCall[]; readonly end: End } {
  const calls: SimulatedCall[] = [];
  const trail: Attempt[] = [];
  for (;;) {
    const elapsedMs = trail.at(-1)?.endedMs ?? 0;
    const next = advance(plan, trail, { elapsedMs, draw: facts.draw });
    if (next.kind === 'give-up') return { calls, end: { kind: 'failed', next } };
    const turn = trail.filter((attempt) => attempt.target === next.target.id).length;
    const answer = scriptedOutcome(script, next.target.id, plan.chain, turn);
    const attempt = playAttempt(next.target, answer, request, elapsedMs + next.waitMs, plan.deadlineMs);
    trail.push(attempt);
    calls.push({ attempt, waitMs: next.waitMs, via: next.via });
    if (attempt.outcome === 'ok') return { calls, end: { kind: 'served', next } };
  }
}

function refused(decision: Extract<Decision, { kind: 'deny' }>, needs: NeededFacts): Simulation {
  const { route, status, code, message, retryAfterMs } = decision;
  const nothing = { target: null, fallback: null, isDegraded: false, settlement: null, elapsedMs: 0 };
  return { route, request: null, needs, decision, calls: [], status, code, message, retryAfterMs, ...nothing };
}
