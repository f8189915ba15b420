import { parseDuration, parseMoney } from '#core';
import {
  type CounterState,
  decide,
  type Facts,
  match,
  type NeededFacts,
  type RequestFacts,
  type UpstreamScript,
} from '#decision';
import { suggest } from '#policy';
import type { Budget, Snapshot, TestCase, UpstreamOutcome } from '#snapshot';
import { unsupportedProviders } from '#upstream';
import { factsOfRequest } from './facts-of-request.ts';
import { knownTargets } from './known-targets.ts';

/** When a case happens that does not say when. */
export const DEFAULT_AT = '2026-01-01T00:00:00Z';

/** A request in the situation a case describes, ready to be simulated. */
export interface Situation {
  readonly request: RequestFacts;
  readonly facts: Facts;
  readonly script: UpstreamScript;
  /** Names that nothing in the policies has, or that cannot be meant: what they say would be passed over in silence. */
  readonly problems: readonly Problem[];
}

/** What is wrong with a case, and where in it. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string | null;
}

/** What a case may leave to its surroundings. */
export interface Surroundings {
  readonly id: string;
  readonly nowMs: number;
  readonly secretsMissing: ReadonlySet<string>;
}

/** Turns a case into request, facts and script; durations become milliseconds, budgets' names the keys of their counters. Pure. */
export function buildSituation(
  snapshot: Snapshot,
  from: Pick<TestCase, 'at' | 'request' | 'state' | 'upstream'>,
  { id, nowMs, secretsMissing }: Surroundings,
): Situation {
  const request = factsOfRequest(snapshot, from.request, id);
  const state = from.state ?? {};
  const atMs = from.at === undefined ? nowMs : Date.parse(from.at);
  const matched = match(snapshot, request, atMs);
  const needs: NeededFacts = matched.kind === 'matched' ? matched.needs : { targets: [], counters: [] };
  const problems: Problem[] = [];
  const targets = knownTargets(snapshot);
  for (const field of ['breakers', 'latencies', 'inFlight'] as const) {
    for (const target of Object.keys(state[field] ?? {})) {
      if (!targets.has(target)) problems.push(unknownTarget(['state', field, target], target, targets));
    }
  }
  if (from.request.consumer !== undefined && !snapshot.consumers.has(from.request.consumer)) {
    problems.push(unknown(['request', 'consumer'], 'consumer', from.request.consumer, snapshot.consumers.keys()));
  }
  const counters = readSpent(snapshot, state.spent ?? {}, needs, problems);
  const facts: Facts = {
    nowMs: atMs,
    draw: state.draw ?? 0,
    secretsMissing:
      state.secretsMissing === undefined ? secretsMissing : missingSecrets(snapshot, state.secretsMissing, problems),
    breakers: Object.fromEntries(
      Object.entries(state.breakers ?? {}).filter(
        (entry): entry is [string, 'open' | 'half-open'] => entry[1] !== 'closed',
      ),
    ),
    latencies: Object.fromEntries(
      Object.entries(state.latencies ?? {}).map(([key, text]) => [key, parseDuration(text) ?? 0]),
    ),
    inFlight: state.inFlight ?? {},
    counters,
    unsupportedProviders: unsupportedProviders(snapshot.providers.values()),
  };
  const decision = matched.kind === 'matched' ? decide(snapshot, request, matched.route, facts) : null;
  const chain = decision?.kind === 'allow' ? decision.plan.chain : null;
  problems.push(...upstreamProblems(from.upstream ?? {}, chain, needs, targets));
  const script = Object.fromEntries(
    Object.entries(from.upstream ?? {}).map(([key, outcomes]) => [key, outcomes.map(scripted)]),
  );
  return { request, facts, script, problems };
}

/** Ids of every secret that some provider of the snapshot needs. Pure. */
export function secretIds(snapshot: Snapshot): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { auth, headers } of snapshot.providers.values()) {
    for (const { id } of auth.secrets) ids.add(id);
    for (const { value } of headers) if (typeof value !== 'string') ids.add(value.id);
  }
  return ids;
}

function missingSecrets(snapshot: Snapshot, listed: readonly string[], problems: Problem[]): ReadonlySet<string> {
  const known = secretIds(snapshot);
  if (listed.includes('*')) return known;
  for (const [at, id] of listed.entries()) {
    if (!known.has(id)) problems.push(unknown(['state', 'secretsMissing', at], 'secret', id, known));
  }
  return new Set(listed);
}

function scripted(outcome: UpstreamOutcome) {
  const { latency, firstToken, retryAfter, ...rest } = outcome;
  return {
    ...rest,
    ...(latency === undefined ? {} : { latencyMs: parseDuration(latency) ?? 0 }),
    ...(firstToken === undefined ? {} : { firstTokenMs: parseDuration(firstToken) ?? 0 }),
    ...(retryAfter === undefined ? {} : { retryAfterMs: parseDuration(retryAfter) ?? 0 }),
  };
}

/** A bare id means a target of the chain that answers; elsewhere it would never be played. A refused request calls nobody, so there any id that exists will do. */
function upstreamProblems(
  upstream: NonNullable<TestCase['upstream']>,
  chain: string | null,
  needs: NeededFacts,
  targets: ReadonlySet<string>,
): readonly Problem[] {
  return Object.keys(upstream).flatMap((key): readonly Problem[] => {
    const path = ['upstream', key];
    if (targets.has(key) || (chain !== null && targets.has(`${chain}/${key}`))) return [];
    const nested = [...needs.targets, ...targets].find((target) => target.endsWith(`/${key}`));
    if (nested === undefined) return [unknownTarget(path, key, targets)];
    if (chain === null) return [];
    const message = `\`${key}\` is no target of chain ${chain} itself`;
    return [{ path, message, hint: `Write \`${nested}\`.` }];
  });
}

function readSpent(
  snapshot: Snapshot,
  spent: Readonly<Record<string, string | number>>,
  needs: NeededFacts,
  problems: Problem[],
): Readonly<Record<string, CounterState>> {
  const counters: Record<string, CounterState> = {};
  for (const [name, value] of Object.entries(spent)) {
    const path = ['state', 'spent', name];
    const found = /^([^[]+)(?:\[(.*)\])?$/.exec(name);
    const budget = snapshot.budgets.get(found?.[1] ?? name);
    if (budget === undefined) {
      problems.push(unknown(path, 'budget', found?.[1] ?? name, snapshot.budgets.keys()));
      continue;
    }
    const split = found?.[2] === undefined ? [] : found[2].split(',').map((part) => part.trim());
    const amount = budget.unit === 'cost' ? parseMoney(String(value)) : wholeNumber(value);
    const problem = splitProblem(snapshot, budget, split) ?? amountProblem(budget, amount);
    if (problem !== null) problems.push({ path, ...problem });
    for (const { key, budget: owner, split: own } of needs.counters) {
      if (owner !== budget.name || own.join('\n') !== split.join('\n')) continue;
      // What runs at the same time is held, never spent.
      counters[key] = budget.unit === 'concurrency' ? { spent: 0, held: amount ?? 0 } : { spent: amount ?? 0, held: 0 };
    }
  }
  return counters;
}

function wholeNumber(value: string | number): number | null {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}

type SpentProblem = Pick<Problem, 'message' | 'hint'>;

function amountProblem({ name, unit }: Budget, amount: number | null): SpentProblem | null {
  if (amount !== null) return null;
  const wanted = unit === 'cost' ? 'money such as "12.40 USD"' : `a whole number of ${unit}`;
  return { message: `budget ${name} counts ${unit}; expected ${wanted}`, hint: null };
}

function splitProblem(snapshot: Snapshot, { name, per }: Budget, split: readonly string[]): SpentProblem | null {
  if (per.length !== split.length) {
    return per.length === 0
      ? { message: `budget ${name} is not split`, hint: `Write \`${name}\` alone.` }
      : {
          message: `budget ${name} is split by ${per.join(', ')}`,
          hint: `Write \`${name}[${per.join(', ')}]\` with their values.`,
        };
  }
  for (const [at, by] of per.entries()) {
    const value = split[at] ?? '';
    const names = namesOf(snapshot, by);
    if (names === null || names.has(value)) continue;
    const { message, hint } = unknown([], by, value, names.keys());
    return { message, hint };
  }
  return null;
}

function namesOf(snapshot: Snapshot, by: string): ReadonlyMap<string, unknown> | null {
  if (by === 'consumer') return snapshot.consumers;
  if (by === 'route') return snapshot.routes;
  if (by === 'provider') return snapshot.providers;
  return null;
}

/** A name that nothing has. Pure. */
export function unknown(path: Problem['path'], what: string, name: string, names: Iterable<string>): Problem {
  const known = [...names];
  const meant = suggest(name, known);
  const hint =
    meant !== undefined ? `Did you mean \`${meant}\`?` : known.length <= 12 ? `Known are ${known.join(', ')}.` : null;
  return { path, message: `there is no ${what} \`${name}\` in this environment`, hint };
}

/** A target id that no chain has. Pure. */
export function unknownTarget(path: Problem['path'], name: string, targets: ReadonlySet<string>): Problem {
  return unknown(
    path,
    'target',
    name,
    [...targets].filter((id) => !id.startsWith('direct/')),
  );
}
