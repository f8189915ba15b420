import type { SimulatedCall } from '#decision';
import type { Snapshot } from '#snapshot';
import { placeIn } from '../request/place-in.ts';
import { coverageKeys, type Operation } from './coverage-items.ts';
import type { CaseResult } from './run-cases.ts';

/** Keys of everything that a case came by, the operations of its environment left out. Pure. */
export function reachedBy({ snapshot, played }: CaseResult): ReadonlySet<string> {
  const { simulation, alerts } = played;
  const keys = new Set<string>(alerts.map(({ key }) => key));
  if (simulation.route !== null) keys.add(coverageKeys.route(simulation.route));
  for (const key of callKeys(snapshot, callsOf(played), chainOf(simulation))) keys.add(key);
  for (const key of denialKeys(snapshot, played)) keys.add(key);
  for (const key of budgetKeys(snapshot, simulation)) keys.add(key);
  return keys;
}

/** Tells whether a case came by what an operation of its environment changes. Pure. */
export function reachesOperation(result: CaseResult, { environment, target, item }: Operation): boolean {
  if (result.environment !== environment) return false;
  const { snapshot, played } = result;
  if (target.startsWith('Project/')) return true;
  const { simulation, lookup } = played;
  const route = simulation.route === null ? undefined : snapshot.routes.get(simulation.route);
  const ids = touchedTargets(played);
  if (target.startsWith('Chain/') && item !== null) return ids.includes(`${target.slice('Chain/'.length)}/${item}`);
  const touched = new Set<string>();
  if (route !== undefined) touched.add(`Route/${route.name}`);
  for (const name of route?.guardrails ?? []) touched.add(`Guardrail/${name}`);
  if (lookup.cache !== null) touched.add(`Cache/${lookup.cache.name}`);
  touched.add(`Consumer/${played.consumer}`);
  for (const { budget } of simulation.needs.counters) touched.add(`Budget/${budget}`);
  const chain = chainOf(simulation);
  if (chain !== null) touched.add(`Chain/${chain}`);
  for (const id of ids) {
    const slash = id.lastIndexOf('/');
    touched.add(`Chain/${id.slice(0, slash)}`);
    const use = snapshot.chains.get(id.slice(0, slash))?.targets.find((each) => each.id === id.slice(slash + 1))?.use;
    const model = use?.kind === 'model' ? snapshot.models.get(use.model) : undefined;
    if (model !== undefined) touched.add(`Model/${model.name}`).add(`Provider/${model.provider}`);
    if (use?.kind === 'provider') touched.add(`Provider/${use.provider}`);
  }
  return touched.has(target);
}

type Played = CaseResult['played'];
type Simulation = Played['simulation'];

/** An answer from the cache makes no call. */
function callsOf({ simulation, actual }: Played): readonly SimulatedCall[] {
  return actual.attempts.length === 0 ? [] : simulation.calls;
}

function chainOf({ decision }: Simulation): string | null {
  return decision.kind === 'allow' ? decision.plan.chain : null;
}

function touchedTargets(played: Played): readonly string[] {
  const { decision } = played.simulation;
  const skipped = decision.kind === 'allow' ? decision.plan.skipped : decision.skipped;
  return [...callsOf(played).map(({ attempt }) => attempt.target), ...skipped.map(({ id }) => id)];
}

function callKeys(snapshot: Snapshot, calls: readonly SimulatedCall[], planned: string | null): readonly string[] {
  const keys: string[] = [];
  for (const [at, { attempt }] of calls.entries()) {
    const [chain, id] = splitTarget(attempt.target);
    keys.push(coverageKeys.target(chain, id));
    const nested = planned === null || planned === chain ? null : itemLeadingTo(snapshot, planned, chain);
    if (nested !== null) keys.push(coverageKeys.target(...nested));
    const next = calls[at + 1]?.attempt.target;
    if (next === undefined || next === attempt.target) continue;
    const [nextChain] = splitTarget(next);
    const isWithin = nextChain === chain || nested === null;
    const [giving, giver] = isWithin ? [chain, id] : nested;
    keys.push(coverageKeys.handOver(giving, giver), coverageKeys.fallbackOn(giving, attempt.outcome));
  }
  return keys;
}

function splitTarget(target: string): readonly [chain: string, id: string] {
  const slash = target.lastIndexOf('/');
  return [target.slice(0, slash), target.slice(slash + 1)];
}

/** The target of a chain through which another chain is reached. */
function itemLeadingTo(snapshot: Snapshot, chain: string, wanted: string): readonly [chain: string, id: string] | null {
  for (const { id, use } of snapshot.chains.get(chain)?.targets ?? []) {
    if (use.kind !== 'chain') continue;
    // The compiler refuses cycles, so this ends.
    if (use.chain === wanted || itemLeadingTo(snapshot, use.chain, wanted) !== null) return [chain, id];
  }
  return null;
}

function denialKeys(snapshot: Snapshot, { simulation, consumer, inputTokens }: Played): readonly string[] {
  const { decision, route } = simulation;
  if (decision.kind === 'allow') return [];
  const byRoute = (field: string) => (route === null ? [] : [coverageKeys.denial(`Route/${route}`, field)]);
  const byConsumer = (field: string) => [coverageKeys.denial(`Consumer/${consumer}`, field)];
  switch (decision.code) {
    case 'route_denied':
      return byRoute('deny');
    case 'ip_not_allowed':
      return byConsumer('ipAllow');
    case 'endpoint_not_allowed':
      return byConsumer('allow.endpoints');
    case 'route_not_allowed':
      return byConsumer('allow.routes');
    case 'model_not_allowed':
      return byConsumer('allow.models');
    case 'limit_exceeded': {
      const most = route === null ? null : (snapshot.routes.get(route)?.limits.maxInputTokens ?? null);
      return byRoute(most !== null && inputTokens > most ? 'limits.maxInputTokens' : 'limits.maxRequestCost');
    }
    default:
      return [];
  }
}

/** Refusals and notes name the line of the budget that acted. */
function budgetKeys(snapshot: Snapshot, { decision }: Simulation): readonly string[] {
  const places = decision.kind === 'allow' ? decision.notes.map(({ at }) => at) : [decision.at];
  const keys: string[] = [];
  for (const { name } of snapshot.budgets.values()) {
    const own = ['limit', 'onExhausted'].map((field) => placeIn(snapshot, `Budget/${name}`, field));
    const isActing = places.some((at) =>
      own.some((place) => at !== null && place?.file === at.file && place.line === at.line),
    );
    if (isActing) keys.push(coverageKeys.budget(name));
  }
  return keys;
}
