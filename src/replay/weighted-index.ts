import { type Facts, type RequestFacts, stableDraw } from '#decision';
import type { Chain } from '#snapshot';

/** Which target of a weighted chain a request draws, as a number: plans differ by it and by nothing else of the draw. Pure. */
export function weightedIndex(chain: Chain, request: RequestFacts, facts: Facts): number {
  const draw = facts.stickyDraws?.[chain.name] ?? stickyDraw(chain, request) ?? facts.draw;
  const total = chain.targets.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  let reached = 0;
  for (const [index, { weight }] of chain.targets.entries()) {
    reached += weight ?? 0;
    if (draw * total < reached) return index;
  }
  return 0;
}

function stickyDraw({ name, sticky }: Chain, { session, consumer }: RequestFacts): number | null {
  const key = sticky === 'session' ? session : sticky === 'consumer' ? consumer : null;
  return key === null ? null : stableDraw(`${name}\u0000${key}`);
}
