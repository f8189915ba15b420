import type { Matcher } from '#snapshot';
import { type Axis, type Choice, type RequestWorld, requestAxes, type WitnessRequest } from './request-axes.ts';

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

/**
 * Looks for a request in the space of all requests, axis by axis. Exact: `found` comes with the request, `none` is a proof over everything the
 * matchers can tell apart. Pure.
 */
export function findWitness({ fits, misses, onlyUsual = false }: WitnessQuestion, world: RequestWorld): WitnessSearch {
  const axes = requestAxes([...fits, ...misses], world);
  const isComplete = axes.every((axis) => axis.isComplete);
  const candidates = axes.map((axis) => candidatesOf(axis, fits, misses, onlyUsual));
  // The axis with the fewest choices first: dead ends show early.
  candidates.sort((a, b) => a.length - b.length);
  const search = { candidates, steps: 0 };
  const everyone = (1n << BigInt(misses.length)) - 1n;
  const found = descend(search, 0, everyone, {});
  if (found !== null) return { kind: 'found', request: found };
  return { kind: isComplete && search.steps <= MAX_STEPS ? 'none' : 'unknown' };
}

/** Tells whether some request fits both, by any of their conditions but `when`. Pure. */
export function canOverlap(a: Matcher, b: Matcher, world: RequestWorld): boolean {
  return findWitness({ fits: [a, b], misses: [] }, world).kind !== 'none';
}

/** The choices that everyone wanted accepts, each set of still living unwanted ones once, and none that another one beats. */
function candidatesOf(
  axis: Axis,
  fits: readonly Matcher[],
  misses: readonly Matcher[],
  onlyUsual: boolean,
): readonly Candidate[] {
  const bySet = new Map<bigint, Candidate>();
  for (const choice of axis.choices) {
    if (onlyUsual && choice.isUnusual) continue;
    if (!fits.every((matcher) => choice.fits(matcher))) continue;
    let alive = 0n;
    for (const [at, matcher] of misses.entries()) if (choice.fits(matcher)) alive |= 1n << BigInt(at);
    if (!bySet.has(alive)) bySet.set(alive, { choice, alive });
  }
  const all = [...bySet.values()];
  return all.filter(
    ({ alive }) => !all.some((other) => other.alive !== alive && (other.alive & alive) === other.alive),
  );
}

function descend(
  search: { readonly candidates: readonly (readonly Candidate[])[]; steps: number },
  depth: number,
  alive: bigint,
  request: WitnessRequest,
): WitnessRequest | null {
  if (search.steps++ > MAX_STEPS) return null;
  const candidates = search.candidates[depth];
  if (candidates === undefined) return alive === 0n ? request : null;
  for (const { choice, alive: accepting } of candidates) {
    const found = descend(search, depth + 1, alive & accepting, join(request, choice.part));
    if (found !== null) return found;
  }
  return null;
}

/** Parts of one group (`metadata`, `headers`, `labels`) come from several axes. */
function join(request: WitnessRequest, part: WitnessRequest): WitnessRequest {
  const joined: Record<string, unknown> = { ...request, ...part };
  for (const group of ['labels', 'metadata', 'headers'] as const) {
    if (request[group] || part[group]) joined[group] = { ...request[group], ...part[group] };
  }
  return joined;
}
