import type { Chain, Snapshot } from '#snapshot';
import { stableDraw } from './stable-draw.ts';
import type { Facts, RequestFacts } from './types.ts';

/** What ordering needs to know of a judged candidate. */
export interface Sortable {
  readonly id: string;
  readonly isEligible: boolean;
  readonly costMicroUsd: number | null;
}

/** One item of a chain, as the run of candidates it stands for: one, or those of a nested chain in their own order. */
export interface Run<T extends Sortable> {
  readonly weight: number | null;
  readonly members: readonly T[];
}

/**
 * Puts the items of a chain into the order in which they are tried. `fallback` keeps the order written; `weighted` draws the first and keeps the
 * others as written; `latency`, `cost` and `least-busy` sort, ties as written. A nested chain counts as its first eligible member.
 * Under `latency` a target nobody has measured comes first, else it would never be measured; under `cost` an unpriced one comes last. Pure.
 */
export function orderRuns<T extends Sortable>(
  chain: Chain,
  runs: readonly Run<T>[],
  request: RequestFacts,
  facts: Facts,
): readonly Run<T>[] {
  switch (chain.strategy) {
    case 'fallback':
      return runs;
    case 'weighted':
      return moveToFront(runs, drawIndex(runs, drawFor(chain, request, facts)));
    case 'latency':
      return sortRuns(runs, (member) => facts.latencies[member.id] ?? -1);
    case 'cost':
      return sortRuns(runs, (member) => member.costMicroUsd ?? Number.MAX_VALUE);
    case 'least-busy':
      return sortRuns(runs, (member) => facts.inFlight[member.id] ?? 0);
  }
}

function drawFor(chain: Chain, request: RequestFacts, facts: Facts): number {
  return facts.stickyDraws?.[chain.name] ?? stickyDraw(chain, request) ?? facts.draw;
}

/** The draws of every sticky choice that the request could meet, by chain: what a record keeps in place of the session id. Pure. */
export function stickyDraws({ chains }: Snapshot, request: RequestFacts): Readonly<Record<string, number>> {
  const draws: Record<string, number> = {};
  for (const chain of chains.values()) {
    const draw = chain.strategy === 'weighted' ? stickyDraw(chain, request) : null;
    if (draw !== null) draws[chain.name] = draw;
  }
  return draws;
}

/** A hash of the session or the consumer with the chain's name; null where the choice draws like any other. */
function stickyDraw(chain: Chain, request: RequestFacts): number | null {
  const key = chain.sticky === 'session' ? request.session : chain.sticky === 'consumer' ? request.consumer : null;
  return key === null ? null : stableDraw(`${chain.name}\u0000${key}`);
}

/** Cumulative ranges in the order written: from 70/30 to 80/20 only the tenth between the two borders moves. */
function drawIndex(runs: readonly Run<Sortable>[], draw: number): number {
  const total = runs.reduce((sum, run) => sum + (run.weight ?? 0), 0);
  let reached = 0;
  for (const [index, run] of runs.entries()) {
    reached += run.weight ?? 0;
    if (draw * total < reached) return index;
  }
  return 0;
}

function moveToFront<T>(items: readonly T[], index: number): readonly T[] {
  const chosen = items[index];
  return chosen === undefined ? items : [chosen, ...items.slice(0, index), ...items.slice(index + 1)];
}

function sortRuns<T extends Sortable>(runs: readonly Run<T>[], score: (member: T) => number): readonly Run<T>[] {
  return runs
    .map((run) => {
      const first = run.members.find((member) => member.isEligible);
      return { run, score: first === undefined ? Number.POSITIVE_INFINITY : score(first) };
    })
    .sort((a, b) => (a.score === b.score ? 0 : a.score - b.score))
    .map(({ run }) => run);
}
