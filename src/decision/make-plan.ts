import type { Chain, Snapshot } from '#snapshot';
import { type Candidate, directCandidate, itemsOf } from './candidates.ts';
import { type GateContext, type MaxPrices, type Refusal, refusalOf } from './gates.ts';
import { orderRuns, type Run, type Sortable } from './order-runs.ts';
import { type OutputCap, outputCapOf } from './output-cap.ts';
import type { OuterChain, Plan, PlanTarget, SkippedTarget } from './types.ts';
import { type WorstCase, worstCaseOf } from './worst-case.ts';

/** A target of the plan with the most that one call to it can use. */
export interface PlannedTarget {
  readonly target: PlanTarget;
  readonly modelName: string;
  readonly worst: WorstCase;
  /** The bound the caller asked for and does not get; null when it is not clamped. */
  readonly clampedTo: number | null;
}

/** A plan, and what budgets need to know of its targets, in the same order. */
export interface MadePlan {
  readonly plan: Plan;
  readonly targets: readonly PlannedTarget[];
}

interface Judged extends Sortable {
  readonly candidate: Candidate;
  readonly refusal: Refusal | null;
  readonly worst: WorstCase;
  readonly cap: OutputCap;
  readonly outer: readonly OuterChain[];
}

/**
 * Lays out what may be called for a request: nested chains expanded in place and ordered by their own strategy, every target judged by every gate.
 * Deadline and attempt budget are those of the outermost chain; timeouts, retries and breaker each target's own. Pure.
 */
export function planChain(snapshot: Snapshot, chain: Chain, context: GateContext): MadePlan {
  const members = dropRepeats(layOut(snapshot, chain, context, [], []).members);
  return finish(members, context, {
    chain: chain.name,
    deadlineMs: chain.deadlineMs,
    maxAttempts: chain.maxAttempts,
  });
}

/** The plan of a route without a chain: one target under the project's defaults; null when nobody knows the requested model. Pure. */
export function planDirect(snapshot: Snapshot, context: GateContext): MadePlan | null {
  const candidate = directCandidate(snapshot, context.route.name, context.request);
  if (candidate === null) return null;
  const maxAttempts = 1 + candidate.retry.max;
  return finish([judge(candidate, context, [], [])], context, { chain: null, deadlineMs: null, maxAttempts });
}

function layOut(
  snapshot: Snapshot,
  chain: Chain,
  context: GateContext,
  outerPrices: MaxPrices,
  outer: readonly OuterChain[],
): Run<Judged> {
  const maxPrices = chain.maxPriceMicroUsd === null ? outerPrices : [...outerPrices, chain.maxPriceMicroUsd];
  const around: readonly OuterChain[] = [{ name: chain.name, fallbackOn: chain.fallbackOn }, ...outer];
  const runs: Run<Judged>[] = [];
  for (const item of itemsOf(snapshot, chain, context.request)) {
    const { weight } = item.target;
    if (item.kind === 'target') runs.push({ weight, members: [judge(item.candidate, context, maxPrices, outer)] });
    else if (!around.some(({ name }) => name === item.chain.name)) {
      runs.push({ weight, members: layOut(snapshot, item.chain, context, maxPrices, around).members });
    }
  }
  const ordered = orderRuns(chain, runs, context.request, context.facts);
  return { weight: null, members: ordered.flatMap((run) => run.members) };
}

function judge(candidate: Candidate, context: GateContext, maxPrices: MaxPrices, outer: readonly OuterChain[]): Judged {
  const { request, route, facts } = context;
  const refusal = refusalOf(candidate, context, maxPrices);
  const cap = outputCapOf(request, route, candidate);
  const { model, provider, params } = candidate;
  const worst = worstCaseOf(request, route, { model, provider, params, outputCap: cap.bound, atMs: facts.nowMs });
  const { id } = candidate;
  const isEligible = refusal === null;
  return { id, candidate, refusal, isEligible, worst, costMicroUsd: worst.costMicroUsd, cap, outer };
}

/** A chain reached twice stands where it came first. */
function dropRepeats(members: readonly Judged[]): readonly Judged[] {
  const seen = new Set<string>();
  return members.filter((member) => !seen.has(member.id) && seen.add(member.id));
}

function finish(
  members: readonly Judged[],
  context: GateContext,
  frame: Pick<Plan, 'chain' | 'deadlineMs' | 'maxAttempts'>,
): MadePlan {
  const skipped: SkippedTarget[] = [];
  const targets: PlannedTarget[] = [];
  for (const member of members) {
    const { candidate, refusal } = member;
    if (refusal !== null) skipped.push({ id: candidate.id, ...refusal, at: candidate.at });
    else if (candidate.provider !== null) {
      targets.push(plannedTarget(member, candidate.provider, skipped[0] ?? null));
    }
  }
  const { chain, deadlineMs, maxAttempts } = frame;
  const plan: Plan = {
    chain,
    deadlineMs,
    maxAttempts,
    targets: targets.map(({ target }) => target),
    skipped,
    order: members.map(({ id }) => id),
    firstTier: members[0]?.candidate.model?.tier ?? null,
    needs: context.needs,
  };
  return { plan, targets };
}

function plannedTarget(
  { candidate, cap, outer, worst }: Judged,
  provider: PlanTarget['provider'],
  skippedBefore: SkippedTarget | null,
): PlannedTarget {
  const target: PlanTarget = {
    id: candidate.id,
    provider,
    model: candidate.model?.name ?? null,
    upstreamModel: candidate.upstreamModel,
    tier: candidate.model?.tier ?? null,
    params: candidate.params,
    maxOutputTokens: cap.set,
    timeouts: candidate.timeouts,
    retry: candidate.retry,
    breaker: candidate.breaker,
    fallbackOn: candidate.fallbackOn,
    outer,
    skippedBefore: skippedBefore?.reason ?? null,
    at: candidate.at,
    worstCaseMicroUsd: worst.costMicroUsd,
    inputTokensAtMost: worst.inputTokens,
    outputTokensAtMost: worst.outputTokens,
  };
  return { target, modelName: candidate.modelName, worst, clampedTo: cap.isClamped ? cap.bound : null };
}
