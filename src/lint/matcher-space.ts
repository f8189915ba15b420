import type { Matcher } from '#snapshot';
import { type AxisBuilder, type Choice, type RequestWorld, requestAxes, type WitnessRequest } from './request-axes.ts';

/** A request that fits all of `fits` and none of `misses`, or that there is none, or that the search was given up. */
export type WitnessSearch =
  | { readonly kind: 'found'; readonly request: WitnessRequest }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** What to look for. `when` of the matchers is not looked at: `fits` mean their other conditions. */
export interface WitnessQuestion {
  readonly fits: readonly Matcher[];
  readonly misses: readonly Matcher[];
  /** Whether only requests that the gateway itself can make count. */
  readonly onlyUsual?: boolean;
}

/** Real policies need a few hundred steps; beyond this a claim is not worth the wait. */
const MAX_STEPS = 20_000;

interface Candidate {
  readonly choice: Choice;
  /** Bit i: `misses[i]` accepts this choice. */
  readonly alive: bigint;
}

interface Search {
  readonly question: Required<WitnessQuestion>;
  readonly axes: readonly AxisBuilder[];
  /** Candidates of each axis by the unwanted ones that are still alive. */
  readonly known: readonly Map<bigint, readonly Candidate[]>[];
  steps: number;
  isComplete: boolean;
}

/**
 * Looks for a request in the space of all requests, axis by axis. Exact: `found` comes with the request, `none` is a proof over everything the
 * matchers can tell apart. Pure.
 */
export function findWitness({ fits, misses, onlyUsual = false }: WitnessQuestion, world: RequestWorld): WitnessSearch {
  const axes = requestAxes([...fits, ...misses], world);
  const known = axes.map(() => new Map<bigint, readonly Candidate[]>());
  const search: Search = { question: { fits, misses, onlyUsual }, axes, known, steps: 0, isComplete: true };
  const found = descend(search, 0, (1n << BigInt(misses.length)) - 1n, {});
  if (found !== null) return { kind: 'found', request: found };
  return { kind: search.isComplete && search.steps <= MAX_STEPS ? 'none' : 'unknown' };
}

/** Tells whether some request fits both, by any of their conditions but `when`. Pure. */
export function canOverlap(a: Matcher, b: Matcher, world: RequestWorld): boolean {
  return findWitness({ fits: [a, b], misses: [] }, world).kind !== 'none';
}

function descend(search: Search, depth: number, alive: bigint, request: WitnessRequest): WitnessRequest | null {
  if (search.steps++ > MAX_STEPS) return null;
  if (depth === search.axes.length) return alive === 0n ? request : null;
  for (const { choice, alive: left } of candidatesAt(search, depth, alive)) {
    const found = descend(search, depth + 1, left, join(request, choice.part));
    if (found !== null) return found;
  }
  return null;
}

/** The choices that everyone wanted accepts, each set of still living unwanted ones once, and none that another one beats. */
function candidatesAt(search: Search, depth: number, alive: bigint): readonly Candidate[] {
  const known = search.known[depth]?.get(alive);
  if (known) return known;
  const { fits, misses, onlyUsual } = search.question;
  const living = misses.flatMap((matcher, at) =>
    (alive >> BigInt(at)) & 1n ? [{ matcher, bit: 1n << BigInt(at) }] : [],
  );
  const axis = search.axes[depth]?.([...fits, ...living.map(({ matcher }) => matcher)]);
  if (!axis) return [];
  search.isComplete &&= axis.isComplete;
  const bySet = new Map<bigint, Candidate>();
  for (const choice of axis.choices) {
    if (onlyUsual && choice.isUnusual) continue;
    if (!fits.every((matcher) => choice.fits(matcher))) continue;
    let left = 0n;
    for (const { matcher, bit } of living) if (choice.fits(matcher)) left |= bit;
    if (!bySet.has(left)) bySet.set(left, { choice, alive: left });
    // Nobody unwanted is left: no other choice can be better.
    if (left === 0n) break;
  }
  const candidates = withoutBeaten([...bySet.values()]);
  search.known[depth]?.set(alive, candidates);
  return candidates;
}

function withoutBeaten(all: readonly Candidate[]): readonly Candidate[] {
  if (all.some(({ alive }) => alive === 0n)) return all.filter(({ alive }) => alive === 0n);
  return all.filter(
    ({ alive }) => !all.some((other) => other.alive !== alive && (other.alive & alive) === other.alive),
  );
}

/** Parts of one group (`metadata`, `headers`, `labels`) come from several axes. */
function join(request: WitnessRequest, part: WitnessRequest): WitnessRequest {
  const joined: Record<string, unknown> = { ...request, ...part };
  for (const group of ['labels', 'metadata', 'headers'] as const) {
    if (request[group] || part[group]) joined[group] = { ...request[group], ...part[group] };
  }
  return joined;
}
