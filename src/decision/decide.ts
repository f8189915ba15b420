import type { Route, Snapshot } from '#snapshot';
import { admit } from './admit.ts';
import { denyExhausted, denyUnknownConsumer, denyUnknownModel } from './denials.ts';
import { earlyDenial } from './early-denial.ts';
import type { GateContext } from './gates.ts';
import { planChain, planDirect } from './make-plan.ts';
import { needsOf } from './needs-of.ts';
import { requestedModel } from './resolve-model.ts';
import type { Decision, Facts, RequestFacts } from './types.ts';

/**
 * Decides about a matched request: who may not call, what the route limits, which targets may be called in which order, and what every budget in
 * scope says. Gives a plan with the amounts to hold, or a refusal with status, code, message and place. `route` may also be one that no document
 * declares, with its chain in the snapshot handed in. Codes: invalid_api_key, route_denied, ip_not_allowed, endpoint_not_allowed, route_not_allowed,
 * model_not_allowed, request_too_large, limit_exceeded, no_route, chain_exhausted, budget_exceeded, rate_limited, store_unavailable. Pure.
 */
export function decide(snapshot: Snapshot, request: RequestFacts, route: Route, facts: Facts): Decision {
  const consumer = snapshot.consumers.get(request.consumer);
  if (consumer === undefined) return denyUnknownConsumer(request, route.name);
  const early = earlyDenial(snapshot, request, route, consumer);
  if (early !== null) return early;

  const requested = requestedModel(snapshot, request);
  const context: GateContext = { request, route, consumer, requested, needs: needsOf(request, route), facts };
  const chain = route.chain === null ? undefined : snapshot.chains.get(route.chain);
  const made = chain === undefined ? planDirect(snapshot, context) : planChain(snapshot, chain, context);
  if (made === null) return denyUnknownModel(snapshot, request, route);
  return denyExhausted(snapshot, route, made) ?? admit(snapshot, context, made);
}
