import { GatewayError } from '#core';
import type { Facts, RequestFacts } from '#decision';
import { simulateRequest } from '#decision';
import type { Snapshot } from '#snapshot';
import { type RequestLosses, requestLosses, type SentChat } from '#upstream';

/** What of the request one target's dialect does not take. */
export interface TargetLosses extends RequestLosses {
  readonly target: string;
  /** What the route does where something cannot be expressed. */
  readonly policy: 'reject' | 'drop' | 'requireParameters';
}

/** The targets of the plan whose dialect does not take all of this chat, in the order in which they would be called. Pure. */
export function findLosses(
  snapshot: Snapshot,
  request: RequestFacts,
  facts: Facts,
  chat: SentChat,
): readonly TargetLosses[] {
  const { decision } = simulateRequest(snapshot, request, facts);
  const route = decision.kind === 'allow' ? snapshot.routes.get(decision.route) : undefined;
  if (decision.kind !== 'allow' || route === undefined) return [];
  // The route's own words can be said in every dialect.
  const policy = { unsupportedParams: route.unsupportedParams, prompt: { prepend: null, append: null } };
  return decision.plan.targets.flatMap((target): TargetLosses[] => {
    try {
      const losses = requestLosses(chat, { models: snapshot.models, route: policy }, target);
      if (losses.unsupported.length === 0 && losses.hints.length === 0) return [];
      return [{ target: target.id, policy: route.unsupportedParams, ...losses }];
    } catch (error) {
      // A body that its own dialect cannot read is refused with the same words by the gateway.
      if (error instanceof GatewayError) return [];
      throw error;
    }
  });
}
