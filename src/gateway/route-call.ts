import {
  type Decision,
  denyUnmatched,
  match,
  type NeededFacts,
  NO_PROMPT,
  neededFacts,
  type Plan,
  type RequestFacts,
} from '#decision';
import type { Route, Snapshot } from '#snapshot';
import { refusalOf } from './admit-request.ts';
import { INLINE_CHAIN, type InlineChain } from './compat/portkey-chain.ts';

/** The route of a request, and what deciding needs to know. */
export interface RoutedCall {
  readonly route: Route;
  readonly needs: NeededFacts;
}

/**
 * Finds the route. A chain of a compatibility header takes the place of the route's own, under everything else the route says; where no route fits, it
 * travels on a bare one. Throws 404 `no_route`. Pure.
 */
export function routeCall(
  snapshot: Snapshot,
  request: RequestFacts,
  inline: InlineChain | null,
  nowMs: number,
): RoutedCall {
  const matched = match(snapshot, request, nowMs);
  if (inline === null) {
    if (matched.kind === 'matched') return matched;
    throw refusalOf(denyUnmatched(request));
  }
  const base = matched.kind === 'matched' ? matched.route : bareRoute();
  const route = { ...base, chain: inline.chain };
  return { route, needs: neededFacts(inline.snapshot, request, route, nowMs) };
}

/** The plan with what each target of an inline chain falls back on. Pure. */
export function callPlan(decision: Extract<Decision, { kind: 'allow' }>, inline: InlineChain | null): Plan {
  const { plan } = decision;
  if (inline === null) return plan;
  const targets = plan.targets.map((target) => ({
    ...target,
    fallbackOn: inline.fallbackOn.get(target.id) ?? target.fallbackOn,
  }));
  return { ...plan, targets };
}

function bareRoute(): Route {
  return {
    name: INLINE_CHAIN,
    match: {
      consumers: null,
      labels: [],
      endpoints: null,
      paths: null,
      models: null,
      metadata: [],
      headers: [],
      when: null,
    },
    specificity: [0, 0, 0, 0],
    dialect: 'openai-chat',
    chain: INLINE_CHAIN,
    deny: null,
    cache: null,
    guardrails: [],
    prompt: NO_PROMPT,
    limits: { maxInputTokens: null, maxOutputTokens: null, maxRequestCostMicroUsd: null, bodyBytes: null },
    unsupportedParams: 'drop',
    residency: null,
    dataPolicy: null,
    tags: [],
  };
}
