import { formatMoney, type Place, type SkipReason } from '#core';
import type { Snapshot } from '#snapshot';
import { type ExplainedCache, explainCache } from './explain-cache.ts';
import { explainMatch, explainWhyNot, type Rival } from './explain-match.ts';
import { type ExplainedAlias, type ExplainedPrompt, explainAlias, explainPrompt } from './explain-prompt.ts';
import { placeOf } from './place.ts';
import type { UpstreamScript } from './script.ts';
import { type Simulation, simulateRequest } from './simulate-request.ts';
import type { Facts, Note, RequestFacts } from './types.ts';

/** One target of the chain with the gate that decided about it. */
export interface ExplainedTarget {
  readonly target: string;
  readonly gate: 'admitted' | SkipReason;
  readonly detail: string | null;
  readonly file?: string;
  readonly line?: number;
}

/** How one budget stands to the request, in its own unit (micro-USD or a count). */
export interface ExplainedBudget {
  readonly budget: string;
  readonly counter: string;
  readonly unit: string;
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
  /** What is held for this request; null when it was refused. */
  readonly hold: number | null;
  readonly file?: string;
  readonly line?: number;
}

/** One simulated call; times in ms since the request. */
export interface ExplainedCall {
  readonly target: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly via: string;
  readonly waitMs: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What `signalbox explain --format json` prints, in the shape of `schemas/explain-report.schema.json`, and a little more. */
export interface Explanation {
  readonly route: string | null;
  readonly chain: string | null;
  /** The first target that can be called; with a script the one that answered. */
  readonly target: string | null;
  readonly decision: {
    readonly allowed: boolean;
    readonly status: number;
    readonly code: string | null;
    readonly reason: string | null;
  };
  /** Every target in the order in which they would be tried. */
  readonly attempts: readonly ExplainedTarget[];
  /** The most the request can cost, as money; with a script what it costs; null when a price is missing. */
  readonly cost: string | null;
  readonly rivals: readonly Rival[];
  readonly origin: readonly Place[];
  readonly notes: readonly Note[];
  readonly budgets: readonly ExplainedBudget[];
  /** The cache of the route; null without one. */
  readonly cache: ExplainedCache | null;
  /** The consumer's own name for the model that was asked for; null where it used none. */
  readonly alias: ExplainedAlias | null;
  /** What the route adds to the instructions and leaves out; null where it does neither. */
  readonly prompt: ExplainedPrompt | null;
  /** The calls made against the script; empty without one. */
  readonly calls: readonly ExplainedCall[];
  readonly fallback: string | null;
  /** The route asked about and why it did not win; absent when nobody asked. */
  readonly whyNot?: { readonly route: string; readonly lost: string; readonly file?: string; readonly line?: number };
}

/** What may be left out of an explanation's input. */
export interface ExplainOptions {
  /** What upstreams answer: then the calls are played and the outcome is told. */
  readonly script?: UpstreamScript;
  readonly whyNot?: string;
}

/**
 * Explains one request: the route that wins and why each rival lost, what every gate said of every target, the budgets in scope, and the lines of policy that
 * decided. Pure.
 */
export function explain(
  snapshot: Snapshot,
  request: RequestFacts,
  facts: Facts,
  options: ExplainOptions = {},
): Explanation {
  const simulation = simulateRequest(snapshot, request, facts, options.script);
  const { decision } = simulation;
  const isPlayed = options.script !== undefined;
  const isAllowed = decision.kind === 'allow';
  const first = isAllowed ? (decision.plan.targets[0]?.id ?? null) : null;
  const whyNot =
    options.whyNot === undefined ? {} : { whyNot: explainRoute(snapshot, request, options.whyNot, simulation) };
  return {
    route: simulation.route,
    chain: isAllowed ? decision.plan.chain : chainOfRoute(snapshot, simulation.route),
    target: isPlayed ? (simulation.target?.id ?? null) : first,
    decision: {
      allowed: isAllowed,
      status: isAllowed && !isPlayed ? 200 : simulation.status,
      code: isPlayed || !isAllowed ? simulation.code : null,
      reason: isPlayed || !isAllowed ? simulation.message : null,
    },
    attempts: explainTargets(simulation),
    cost: explainCost(simulation, isPlayed),
    rivals: explainMatch(snapshot, request),
    origin: originsOf(snapshot, simulation),
    notes: isAllowed ? decision.notes : [],
    budgets: explainBudgets(snapshot, facts, simulation),
    cache: explainCache(snapshot, simulation.route, request),
    alias: explainAlias(snapshot, request),
    prompt: explainPrompt(
      snapshot,
      snapshot.routes.get(simulation.route ?? ''),
      simulation.request ?? request,
      facts.nowMs,
    ),
    calls: isPlayed ? explainCalls(simulation) : [],
    fallback: isPlayed ? simulation.fallback : isAllowed ? (decision.plan.targets[0]?.skippedBefore ?? null) : null,
    ...whyNot,
  };
}

function chainOfRoute(snapshot: Snapshot, route: string | null): string | null {
  return route === null ? null : (snapshot.routes.get(route)?.chain ?? null);
}

function explainTargets({ decision }: Simulation): readonly ExplainedTarget[] {
  const skipped = decision.kind === 'allow' ? decision.plan.skipped : decision.skipped;
  const admitted = decision.kind === 'allow' ? decision.plan.targets : [];
  const order = decision.kind === 'allow' ? (decision.plan.order ?? []) : [];
  const explained: readonly ExplainedTarget[] = [
    ...admitted.map(({ id, at }) => ({ target: id, gate: 'admitted' as const, detail: null, ...at })),
    ...skipped.map(({ id, reason, detail, at }) => ({ target: id, gate: reason, detail, ...at })),
  ];
  return explained.toSorted((a, b) => order.indexOf(a.target) - order.indexOf(b.target));
}

function explainCost({ decision, settlement }: Simulation, isPlayed: boolean): string | null {
  if (decision.kind === 'deny') return formatMoney(0);
  if (isPlayed) {
    const isPriced = settlement !== null && (settlement.priceSource !== null || settlement.costMicroUsd === 0);
    return isPriced ? formatMoney(settlement.costMicroUsd) : null;
  }
  let most = 0;
  for (const { worstCaseMicroUsd } of decision.plan.targets) {
    if (worstCaseMicroUsd == null) return null;
    most = Math.max(most, worstCaseMicroUsd);
  }
  return formatMoney(most);
}

function originsOf(snapshot: Snapshot, { route, decision, target }: Simulation): readonly Place[] {
  const routePlace = route === null ? null : placeOf(snapshot, `Route/${route}`, 'match');
  const decided = decision.kind === 'deny' ? decision.at : (target ?? decision.plan.targets[0])?.at;
  const chain = decision.kind === 'allow' && decision.plan.chain !== null ? `Chain/${decision.plan.chain}` : null;
  const places = [routePlace, chain === null ? null : placeOf(snapshot, chain), decided ?? null];
  const notes = decision.kind === 'allow' ? decision.notes.map(({ at }) => at) : [];
  const found = new Map<string, Place>();
  for (const place of [...places, ...notes]) if (place !== null) found.set(`${place.file}:${place.line}`, place);
  return [...found.values()];
}

function explainBudgets(snapshot: Snapshot, facts: Facts, { needs, decision }: Simulation): readonly ExplainedBudget[] {
  const reservations = decision.kind === 'allow' ? decision.reservations : [];
  return needs.counters.map(({ key, budget, unit, limit }) => {
    const { spent, held } = facts.counters[key] ?? { spent: 0, held: 0 };
    const hold = reservations.find((reservation) => reservation.counter.key === key)?.amount ?? null;
    const at = placeOf(snapshot, `Budget/${budget}`, 'limit');
    return { budget, counter: key, unit, limit, spent, held, hold, ...at };
  });
}

function explainCalls({ calls }: Simulation): readonly ExplainedCall[] {
  return calls.map(({ attempt, waitMs, via }) => {
    const { target, outcome, status, startedMs, endedMs } = attempt;
    return { target, outcome, status, via, waitMs, startedMs, endedMs };
  });
}

function explainRoute(
  snapshot: Snapshot,
  request: RequestFacts,
  route: string,
  { route: winner }: Simulation,
): NonNullable<Explanation['whyNot']> {
  const rival = explainWhyNot(snapshot, request, route);
  if (rival !== null) return rival;
  if (route === winner) return { route, lost: 'it won', ...placeOf(snapshot, `Route/${route}`, 'match') };
  return { route, lost: 'there is no route of that name in this environment' };
}
