import { ERRORS, type ErrorCode, formatMoney, type Place } from '#core';
import type { Route, Snapshot } from '#snapshot';
import type { MadePlan } from './make-plan.ts';
import { placeOf } from './place.ts';
import type { Decision, RequestFacts, SkippedTarget } from './types.ts';

/** A refusal. */
export type Denial = Extract<Decision, { kind: 'deny' }>;

/** A refusal with the catalogue's status for its code. Pure. */
export function deny(code: ErrorCode, route: string | null, message: string, at: Place | null): Denial {
  return { kind: 'deny', route, code, status: ERRORS[code].status, message, retryAfterMs: null, at, skipped: [] };
}

/** The refusal of a request that no route fits: 404 `no_route`. Pure. */
export function denyUnmatched(request: RequestFacts): Denial {
  const model = request.model === '' ? '' : ` and model ${request.model}`;
  return deny('no_route', null, `no route fits ${request.endpoint} at ${request.path}${model}`, null);
}

/** The refusal of a request whose consumer no document names: 401 `invalid_api_key`; null route before matching. Pure. */
export function denyUnknownConsumer(request: RequestFacts, route: string | null = null): Denial {
  const message =
    request.consumer === ''
      ? 'no consumer key was sent, and this environment names no anonymous consumer'
      : `no consumer ${request.consumer} is declared`;
  return deny('invalid_api_key', route, message, null);
}

/** The refusal of a model that neither the catalogue nor the route's chain knows: 404 `no_route`. Pure. */
export function denyUnknownModel(snapshot: Snapshot, request: RequestFacts, route: Route): Denial {
  const model = request.model === '' ? 'the request names no model' : `model ${request.model} is not in the catalogue`;
  const at = placeOf(snapshot, `Route/${route.name}`, 'match');
  return deny('no_route', route.name, `${model}, and route ${route.name} names no chain`, at);
}

/** The refusal of a plan in which a target's worst case is over the route's `maxRequestCost`: 400 `limit_exceeded`; null when none is. Pure. */
export function denyTooDear(snapshot: Snapshot, route: Route, { plan, targets }: MadePlan): Denial | null {
  const limit = route.limits.maxRequestCostMicroUsd;
  if (limit === null) return null;
  const tooDear = targets.find(({ worst }) => (worst.costMicroUsd ?? 0) > limit);
  if (tooDear === undefined) return null;
  const { costMicroUsd, inputTokens, outputTokens } = tooDear.worst;
  const cost = `${formatMoney(costMicroUsd ?? 0)} at ${tooDear.target.id} (${inputTokens} tokens in, up to ${outputTokens} out)`;
  const message = `the request can cost ${cost}; limits.maxRequestCost of route ${route.name} is ${formatMoney(limit)}`;
  const at = placeOf(snapshot, `Route/${route.name}`, 'limits.maxRequestCost', 'limits');
  return { ...deny('limit_exceeded', route.name, message, at), skipped: plan.skipped };
}

/**
 * The refusal of a plan without any target left: 403 `model_not_allowed` when the consumer may use none of them, else 502 `chain_exhausted` that
 * names every target with its reason; null when there is one. Pure.
 */
export function denyExhausted(snapshot: Snapshot, route: Route, { plan, targets }: MadePlan): Denial | null {
  if (targets.length > 0) return null;
  const { chain, skipped } = plan;
  const place = chain === null ? `Route/${route.name}` : `Chain/${chain}`;
  const at = placeOf(snapshot, place, 'targets');
  if (skipped.length > 0 && skipped.every(({ reason }) => reason === 'model-not-allowed')) {
    const where = chain === null ? `route ${route.name}` : `chain ${chain}`;
    const message = `the consumer may use no model of ${where}: ${skipped.map(({ detail }) => detail).join(', ')}`;
    return { ...deny('model_not_allowed', route.name, message, at), skipped };
  }
  const message = `every target was skipped: ${skipped.map(skipText).join(', ')}`;
  return { ...deny('chain_exhausted', route.name, message, at), skipped, retryAfterMs: breakerWait(snapshot, skipped) };
}

/** Where breakers stand in the way, the shortest of their spans is worth waiting for. */
function breakerWait(snapshot: Snapshot, skipped: readonly SkippedTarget[]): number | null {
  const waits: number[] = [];
  for (const { id, reason } of skipped) {
    if (reason !== 'breaker-open') continue;
    const slash = id.lastIndexOf('/');
    const targets = snapshot.chains.get(id.slice(0, slash))?.targets ?? [];
    const target = targets.find((each) => each.id === id.slice(slash + 1)) ?? snapshot.project.defaults;
    if (target.breaker !== null) waits.push(target.breaker.openForMs);
  }
  return waits.length === 0 ? null : Math.min(...waits);
}

const SKIP_TEXTS: Readonly<Record<SkippedTarget['reason'], (detail: string) => string>> = {
  'secret-missing': (detail) => `secret ${detail} is missing`,
  'breaker-open': () => 'breaker is open',
  'model-not-allowed': (detail) => `model ${detail} is not allowed for the consumer`,
  'capability-missing': (detail) => `cannot do ${detail}`,
  'context-too-small': (detail) => `context is too small, ${detail}`,
  residency: (detail) => `is outside the residency, ${detail}`,
  'data-policy': (detail) => `is against the data policy, ${detail}`,
  'max-price': (detail) => `is too dear, ${detail}`,
  'provider-not-allowed': (detail) => `provider ${detail} is not allowed`,
  'model-unknown': (detail) => `model ${detail} or its provider is unknown`,
  deadline: () => 'has no time left',
  'unsupported-dialect': (detail) => `this version does not speak ${detail}`,
};

/** A skipped target in words, such as `premium/gpt secret env:OPENAI_API_KEY is missing`. Pure. */
export function skipText({ id, reason, detail }: Omit<SkippedTarget, 'at'>): string {
  return `${id} ${SKIP_TEXTS[reason](detail ?? '')}`;
}
