import { isLive, type Predicate, type Route, type RouteSpec } from '#snapshot';
import { compileMatcher } from './compile-matcher.ts';
import { compilePrompt } from './compile-prompt.ts';
import { toBytes, toMicroUsd, toMsOrNull } from './compile-quantities.ts';
import { specificityOf } from './specificity.ts';

/** A route with its conditions ready to run. Pure. */
export function compileRoute(name: string, spec: RouteSpec, when: Predicate | null): Route {
  const { limits, dataPolicy, deny, prompt } = spec;
  const match = compileMatcher(spec.match, when);
  return {
    name,
    match,
    specificity: specificityOf(match, spec.priority ?? 0),
    dialect: spec.dialect ?? 'openai-chat',
    chain: spec.chain ?? null,
    deny: deny ? { status: deny.status ?? 403, message: deny.message ?? 'This request is refused by policy.' } : null,
    // Lint says so; a policy that says both is safe meanwhile.
    cache: isLive(spec.tags ?? []) ? null : (spec.cache ?? null),
    guardrails: spec.guardrails ?? [],
    prompt: compilePrompt(prompt),
    limits: {
      maxInputTokens: limits?.maxInputTokens ?? null,
      maxOutputTokens: limits?.maxOutputTokens ?? null,
      maxRequestCostMicroUsd: limits?.maxRequestCost === undefined ? null : toMicroUsd(limits.maxRequestCost),
      bodyBytes: limits?.bodySize === undefined ? null : toBytes(limits.bodySize),
    },
    unsupportedParams: spec.unsupportedParams ?? 'reject',
    residency: spec.residency ?? null,
    dataPolicy: dataPolicy
      ? { trainsOnData: dataPolicy.trainsOnData ?? null, maxRetentionMs: toMsOrNull(dataPolicy.maxRetention) }
      : null,
    tags: spec.tags ?? [],
  };
}
