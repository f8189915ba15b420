import { type Capability, formatDuration, formatMoney, type SkipReason } from '#core';
import type { Consumer, Model, Provider, Route } from '#snapshot';
import type { Candidate } from './candidates.ts';
import { takesTextsApart } from './input-bound.ts';
import { missingCapability } from './needs-of.ts';
import { outputCapOf } from './output-cap.ts';
import { mayUseModel } from './permissions.ts';
import { classPrice, priceAt, tierOf } from './price.ts';
import type { Facts, RequestFacts } from './types.ts';

/** What the gates of one request look at. */
export interface GateContext {
  readonly request: RequestFacts;
  readonly route: Route;
  readonly consumer: Consumer;
  /** The model the request names, as the catalogue knows it. */
  readonly requested: Model | null;
  readonly needs: readonly Capability[];
  readonly facts: Facts;
}

/** Why a candidate cannot be called. */
export interface Refusal {
  readonly reason: SkipReason;
  readonly detail: string | null;
}

/** Prices of the chains on the way to a candidate, in micro-USD per million input plus output tokens. */
export type MaxPrices = readonly number[];

type Gate = (candidate: Candidate, provider: Provider, context: GateContext) => string | null;

/** In this order, so that a caller who may not use a model learns that first and nothing about its provider. `max-price` and `model-unknown` stand apart. */
const GATES: readonly (readonly [SkipReason, Gate])[] = [
  ['model-not-allowed', modelNotAllowed],
  ['secret-missing', secretMissing],
  ['unsupported-dialect', unsupportedDialect],
  ['capability-missing', capabilityMissing],
  ['context-too-small', contextTooSmall],
  ['residency', outsideResidency],
  ['data-policy', againstDataPolicy],
];

/**
 * The first gate that a candidate does not pass, with what was missing; null when it can be called. An open breaker comes last: it is the only
 * reason that goes away by itself. Pure.
 */
export function refusalOf(candidate: Candidate, context: GateContext, maxPrices: MaxPrices): Refusal | null {
  const { provider } = candidate;
  if (provider === null) return { reason: 'model-unknown', detail: candidate.modelName };
  for (const [reason, gate] of GATES) {
    const detail = gate(candidate, provider, context);
    if (detail !== null) return { reason, detail };
  }
  const tooDear = overMaxPrice(candidate, maxPrices, context);
  if (tooDear !== null) return { reason: 'max-price', detail: tooDear };
  return context.facts.breakers[candidate.id] === 'open' ? { reason: 'breaker-open', detail: null } : null;
}

/** A target that is the requested model, or takes the model from the request, may also be allowed by the name as sent. */
function modelNotAllowed(candidate: Candidate, _provider: Provider, context: GateContext): string | null {
  const { model, modelName } = candidate;
  const isRequested = candidate.keepsModel || (model !== null && model.name === context.requested?.name);
  const asSent = isRequested ? context.request.model : modelName;
  return mayUseModel(context.consumer, { asSent, resolved: modelName, model }) ? null : modelName;
}

/** A pool needs one secret; every header needs its own. */
function secretMissing(_candidate: Candidate, provider: Provider, { facts }: GateContext): string | null {
  const { secrets } = provider.auth;
  if (secrets.length > 0 && secrets.every((secret) => facts.secretsMissing.has(secret.id))) {
    return secrets.map((secret) => secret.id).join(', ');
  }
  for (const { value } of provider.headers) {
    if (typeof value !== 'string' && !value.optional && facts.secretsMissing.has(value.id)) return value.id;
  }
  return null;
}

function unsupportedDialect(_candidate: Candidate, provider: Provider, { facts }: GateContext): string | null {
  if (facts.unsupportedProviders?.has(provider.name) !== true) return null;
  return `${provider.dialect} with ${provider.auth.kind} authentication`;
}

function capabilityMissing(candidate: Candidate, _provider: Provider, { needs }: GateContext): string | null {
  return missingCapability(needs, candidate.model?.capabilities ?? null);
}

/** Only an output bound that somebody set counts: a model's own maximum is no demand. */
function contextTooSmall(candidate: Candidate, _provider: Provider, { request, route }: GateContext): string | null {
  const { model } = candidate;
  if (model?.contextWindow == null || takesTextsApart(request.endpoint)) return null;
  // How long a recording is nobody knows by its size.
  if (request.endpoint === 'audio') return null;
  const isBounded = request.maxOutputTokens !== null || route.limits.maxOutputTokens !== null;
  const output = isBounded ? (outputCapOf(request, route, candidate).bound ?? 0) : 0;
  if (request.inputTokens + output <= model.contextWindow) return null;
  return `${request.inputTokens} + ${output} tokens over ${model.contextWindow}`;
}

/** An undeclared region is in no list. */
function outsideResidency(_candidate: Candidate, provider: Provider, { route }: GateContext): string | null {
  if (route.residency === null) return null;
  if (provider.region !== null && route.residency.includes(provider.region)) return null;
  return `region ${provider.region ?? 'undeclared'}, not ${route.residency.join(' or ')}`;
}

/** What a provider does not declare counts as the worst. */
function againstDataPolicy(_candidate: Candidate, provider: Provider, { route }: GateContext): string | null {
  const { dataPolicy } = route;
  if (dataPolicy === null) return null;
  const { trainsOnData, retentionMs } = provider.dataPolicy;
  if (dataPolicy.trainsOnData === false && trainsOnData !== false) {
    return trainsOnData === null ? 'training on data undeclared' : 'trains on data';
  }
  if (dataPolicy.maxRetentionMs === null) return null;
  if (retentionMs === null) return 'retention undeclared';
  if (retentionMs <= dataPolicy.maxRetentionMs) return null;
  return `keeps data ${formatDuration(retentionMs)}, at most ${formatDuration(dataPolicy.maxRetentionMs)} allowed`;
}

/** Without a price nobody can tell, so an unpriced model is too dear for a chain that sets a limit. */
function overMaxPrice(candidate: Candidate, maxPrices: MaxPrices, context: GateContext): string | null {
  if (maxPrices.length === 0) return null;
  const limit = Math.min(...maxPrices);
  const price = priceAt(candidate.model, context.facts.nowMs);
  if (price === null) return 'no price known';
  const tier = tierOf(price, context.request.inputTokens);
  const sum = classPrice(tier, 'input') + classPrice(tier, 'output');
  return sum <= limit ? null : `${formatMoney(sum)} per million in and out over ${formatMoney(limit)}`;
}
