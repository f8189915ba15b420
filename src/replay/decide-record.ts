import {
  asSent,
  type Decision,
  decide,
  denyUnknownConsumer,
  denyUnmatched,
  type Facts,
  match,
  type RequestFacts,
  trimmedFacts,
} from '#decision';
import type { Snapshot } from '#snapshot';
import { eligibleCache } from './cache-eligible.ts';
import { capabilitiesUsed } from './capabilities-used.ts';
import { heldInputTokens, type Verdict, verdictOf } from './verdict.ts';

/** Matches and decides, as the gateway does: a consumer that no document names is refused before anything else. Pure. */
export function decideRequest(snapshot: Snapshot, request: RequestFacts, facts: Facts): Decision {
  if (!snapshot.consumers.has(request.consumer)) return denyUnknownConsumer(request);
  const matched = match(snapshot, asSent(request), facts.nowMs);
  if (matched.kind === 'unmatched') return denyUnmatched(request);
  return decide(snapshot, trimmedFacts(snapshot, request, matched.route), matched.route, facts);
}

/** The same, as a verdict. Pure. */
export function judgeRequest(snapshot: Snapshot, request: RequestFacts, facts: Facts): Verdict {
  const decision = decideRequest(snapshot, request, facts);
  const cache = decision.kind === 'allow' ? (eligibleCache(snapshot, decision.route, request)?.name ?? null) : null;
  return verdictOf(snapshot, decision, {
    uses: capabilitiesUsed(request),
    cache,
    heldInputTokens: heldInputTokens(request),
  });
}
