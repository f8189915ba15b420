import type { Endpoint } from '#core';
import type { Route, Snapshot } from '#snapshot';
import { type Candidate, directCandidate, reachableFrom } from './candidates.ts';
import { outputCapOf } from './output-cap.ts';
import type { RequestFacts } from './types.ts';

/** Endpoints whose requests tell a conversation. */
const TALK: ReadonlySet<Endpoint> = new Set(['chat', 'messages', 'generate', 'responses']);
/** UTF-8 has three bytes or fewer for each token that the estimate counts. */
const BYTES_PER_TOKEN = 3;

/** The estimated input tokens that the route lets a conversation have before old turns are left out; null where it never does. Pure. */
export function trimLimit(snapshot: Snapshot, request: RequestFacts, route: Route): number | null {
  const { trim, bytesAtMost } = route.prompt;
  if (trim === null || !TALK.has(request.endpoint)) return null;
  const limits = trim.tokens === null ? [] : [trim.tokens];
  if (trim.windowShare !== null) {
    const own = Math.ceil(bytesAtMost / BYTES_PER_TOKEN);
    for (const candidate of reachable(snapshot, request, route)) {
      const window = candidate.model?.contextWindow ?? null;
      if (window === null) continue;
      limits.push(Math.max(0, Math.floor(window * trim.windowShare) - outputOf(request, route, candidate) - own));
    }
  }
  return limits.length === 0 ? null : Math.min(...limits);
}

/**
 * A request as its route trims it, where nobody has its text: as recorded if the limit is the same, else brought down to the limit, as if enough of it were old. Figures
 * of text are scaled alike. Pure.
 */
export function trimmedFacts(snapshot: Snapshot, request: RequestFacts, route: Route): RequestFacts {
  const limit = trimLimit(snapshot, request, route);
  const sent = asSent(request);
  if (limit === null || sent.inputTokens <= limit) return sent;
  if (request.trimmed?.to === limit) return request;
  const { inputTokens, inputTokensAtMost } = sent;
  const atMost =
    inputTokensAtMost === undefined || inputTokensAtMost === null
      ? {}
      : { inputTokensAtMost: Math.ceil((inputTokensAtMost * limit) / inputTokens) };
  const before = inputTokensAtMost === undefined ? {} : { inputTokensAtMost };
  return { ...sent, ...atMost, inputTokens: limit, trimmed: { messages: null, inputTokens, ...before, to: limit } };
}

/** A request before anything was left out: what routes are matched by. Pure. */
export function asSent(request: RequestFacts): RequestFacts {
  const { trimmed, ...rest } = request;
  if (trimmed === undefined) return request;
  const { inputTokens, inputTokensAtMost } = trimmed;
  return { ...rest, inputTokens, ...(inputTokensAtMost === undefined ? {} : { inputTokensAtMost }) };
}

function reachable(snapshot: Snapshot, request: RequestFacts, route: Route): readonly Candidate[] {
  if (route.chain !== null) return reachableFrom(snapshot, route.chain, request);
  const direct = directCandidate(snapshot, route.name, request);
  return direct === null ? [] : [direct];
}

/** Only an output bound that somebody set takes room: a model's own maximum is no demand. */
function outputOf(request: RequestFacts, route: Route, candidate: Candidate): number {
  const isBounded = request.maxOutputTokens !== null || route.limits.maxOutputTokens !== null;
  return isBounded ? (outputCapOf(request, route, candidate).bound ?? 0) : 0;
}
