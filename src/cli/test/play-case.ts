import { formatMoney, type Place } from '#core';
import { renderPrompt, type Simulation, simulateRequest } from '#decision';
import type { RenderedPrompt, Snapshot, TestCase } from '#snapshot';
import type { Situation } from '../request/build-situation.ts';
import { placeIn } from '../request/place-in.ts';
import { type CacheLookup, lookUpCache } from './cache-lookup.ts';
import { type AlertName, firedAlerts } from './fired-alerts.ts';
import { answeredText, type PlayedGuardrails, playGuardrails } from './play-guardrails.ts';

/** What came of a case, field by field as `expect` names them. */
export interface Played {
  readonly consumer: string;
  readonly inputTokens: number;
  readonly simulation: Simulation;
  readonly lookup: CacheLookup;
  readonly alerts: readonly AlertName[];
  readonly actual: Actual;
  /** The line of policy that each field follows from; null where none does. */
  readonly placeOf: (field: keyof Actual) => Place | null;
}

/** Values of every field that a case can expect; targets of the plan's own chain by their bare id. */
export interface Actual {
  readonly route: string | null;
  readonly chain: string | null;
  readonly target: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly attempts: readonly string[];
  readonly skipped: Readonly<Record<string, string>>;
  readonly fallback: string | null;
  readonly degraded: boolean;
  readonly status: number;
  readonly code: string | null;
  /** Null where a price is missing. */
  readonly cost: string | null;
  readonly cache: string;
  readonly alerts: readonly string[];
  /** Null where the route has none, or the case gives them nothing to look at. */
  readonly guardrails: PlayedGuardrails | null;
  /** What the route adds, values in place; null where no route has the request. */
  readonly prompt: RenderedPrompt | null;
  /** Null where nothing is left out. */
  readonly trimmedTo: number | null;
}

/** Plays a case from the request to its account. An answer from the cache makes no call and costs nothing, but only once the request is allowed. Pure. */
export function playCase(snapshot: Snapshot, situation: Situation, from: TestCase): Played {
  const { request, facts, script } = situation;
  const { state } = from;
  const simulation = simulateRequest(snapshot, request, facts, script);
  const { decision } = simulation;
  const lookup = lookUpCache(snapshot, simulation.route, request, state?.cache ?? 'miss');
  const isFailed = simulation.target === null;
  const isCached =
    decision.kind === 'allow' &&
    (lookup.result === 'hit' || lookup.result === 'stale' || (lookup.result === 'stale-if-error' && isFailed));
  const alerts = isCached ? [] : firedAlerts(snapshot, facts, simulation);
  const outcome = isCached ? cachedOutcome(simulation, lookup) : calledOutcome(snapshot, simulation, lookup, alerts);
  const guardrails = guardrailsOf(snapshot, situation, from, outcome, simulation);
  return {
    consumer: request.consumer,
    inputTokens: request.inputTokens,
    simulation,
    lookup,
    alerts,
    actual: guarded({ ...outcome, ...promptOf(snapshot, situation, simulation), guardrails }),
    placeOf: (field) => placeOfField(snapshot, simulation, lookup, field),
  };
}

/** A target as cases write it: by its bare id within the plan's own chain. Pure. */
export function shortTarget(id: string, chain: string | null): string {
  return chain !== null && id.startsWith(`${chain}/`) ? id.slice(chain.length + 1) : id;
}

function promptOf(
  { routes, project }: Snapshot,
  { request, facts }: Situation,
  simulation: Simulation,
): Pick<Actual, 'prompt' | 'trimmedTo'> {
  const route = routes.get(simulation.route ?? '');
  const trimmed = simulation.request?.trimmed === undefined ? null : simulation.request.inputTokens;
  if (route === undefined || route.deny !== null) return { prompt: null, trimmedTo: null };
  return { prompt: renderPrompt(route.prompt, request, facts.nowMs, project.timezone), trimmedTo: trimmed };
}

type Outcome = Omit<Actual, 'guardrails' | 'prompt' | 'trimmedTo'>;

/** Who may not call at all is refused before any text is read. */
const BEFORE_GUARDRAILS: ReadonlySet<string | null> = new Set(['ip_not_allowed', 'key_expired', 'no_route']);

function guardrailsOf(
  snapshot: Snapshot,
  situation: Situation,
  { request, upstream, expect }: TestCase,
  { route, chain, status, code }: Outcome,
  { calls }: Simulation,
): PlayedGuardrails | null {
  const answered = status === 200 ? answeredText(upstream, chain, calls) : undefined;
  const isConcerned = request.text !== undefined || answered !== undefined || expect?.guardrails !== undefined;
  if (!isConcerned || BEFORE_GUARDRAILS.has(code)) return null;
  return playGuardrails(snapshot, route, situation, request.text, answered);
}

/** What a guardrail refuses: on the way in nobody is called; on the way out the answer was made and is paid. */
function guarded(actual: Actual): Actual {
  const blocked = actual.guardrails?.blocked ?? null;
  if (blocked === null) return actual;
  const refusal = { status: 400, code: 'guardrail_blocked' };
  if (blocked === 'output') return { ...actual, ...refusal };
  const nothing = { target: null, provider: null, model: null, attempts: [], skipped: {}, fallback: null };
  return { ...actual, ...nothing, ...refusal, degraded: false, cost: formatMoney(0), cache: 'off', alerts: [] };
}

function cachedOutcome(simulation: Simulation, { result }: CacheLookup): Outcome {
  const nothing = { target: null, provider: null, model: null, attempts: [], skipped: {}, fallback: null };
  const cache = result === 'hit' ? 'hit' : 'stale';
  const chain = simulation.decision.kind === 'allow' ? simulation.decision.plan.chain : null;
  const answer = { degraded: false, status: 200, code: null, cost: formatMoney(0), cache, alerts: [] };
  return { route: simulation.route, chain, ...nothing, ...answer };
}

function calledOutcome(
  snapshot: Snapshot,
  simulation: Simulation,
  { result }: CacheLookup,
  alerts: readonly AlertName[],
): Outcome {
  const { decision, target, calls, route } = simulation;
  const chain =
    decision.kind === 'allow'
      ? decision.plan.chain
      : route === null
        ? null
        : (snapshot.routes.get(route)?.chain ?? null);
  const skipped = decision.kind === 'allow' ? decision.plan.skipped : decision.skipped;
  return {
    route,
    chain,
    target: target?.id ?? null,
    provider: target?.provider.name ?? null,
    model: target?.model ?? null,
    attempts: calls.map(({ attempt }) => shortTarget(attempt.target, chain)),
    skipped: Object.fromEntries(skipped.map(({ id, reason }) => [shortTarget(id, chain), reason])),
    fallback: simulation.fallback,
    degraded: simulation.isDegraded,
    status: simulation.status,
    code: simulation.code,
    cost: costOf(simulation),
    cache: decision.kind === 'deny' || result === 'off' ? 'off' : 'miss',
    alerts: alerts.map(({ name }) => name),
  };
}

function costOf({ settlement }: Simulation): string | null {
  if (settlement === null) return formatMoney(0);
  const isPriced = settlement.priceSource !== null || settlement.costMicroUsd === 0;
  return isPriced ? formatMoney(settlement.costMicroUsd) : null;
}

function placeOfField(
  snapshot: Snapshot,
  { route, decision, target }: Simulation,
  { cache }: CacheLookup,
  field: keyof Actual,
): Place | null {
  const routePlace = route === null ? null : placeIn(snapshot, `Route/${route}`, 'match');
  const denied = decision.kind === 'deny' ? decision.at : null;
  const chain =
    decision.kind === 'allow' && decision.plan.chain !== null
      ? placeIn(snapshot, `Chain/${decision.plan.chain}`, 'targets')
      : null;
  switch (field) {
    case 'route':
      return routePlace;
    case 'chain':
      return (route === null ? null : placeIn(snapshot, `Route/${route}`, 'chain', 'match')) ?? denied;
    case 'cache':
      if (cache !== null) return placeIn(snapshot, `Cache/${cache.name}`);
      return route === null ? null : placeIn(snapshot, `Route/${route}`, 'cache', 'match');
    case 'guardrails': {
      const [first] = route === null ? [] : (snapshot.routes.get(route)?.guardrails ?? []);
      return (first === undefined ? null : placeIn(snapshot, `Guardrail/${first}`, 'checks')) ?? routePlace;
    }
    case 'prompt':
    case 'trimmedTo':
      return (route === null ? null : placeIn(snapshot, `Route/${route}`, 'prompt', 'match')) ?? denied;
    case 'skipped':
    case 'attempts':
      return denied ?? chain ?? routePlace;
    default:
      return denied ?? target?.at ?? chain ?? routePlace;
  }
}
