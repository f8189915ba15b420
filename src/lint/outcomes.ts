import { compileGlob } from '#core';
import type { ConsumerSpec, ModelSpec, ProviderSpec } from '#snapshot';
import { coversCaller, fitsAny, lineOf } from './budget-cover.ts';
import { findRequest, matcherOf, mayUseModel, mayUseRoute, type RouteQuestion } from './consumer-requests.ts';
import type { LintContext } from './context.ts';
import { dataPolicyProblem, leavesResidency } from './hop-gates.ts';
import { hopsOf } from './hops.ts';
import type { Item } from './item.ts';
import { routeConsumers } from './route-callers.ts';
import type { RankedRoute } from './route-space.ts';

/** One thing that may happen to a consumer's request on a route: refused, or sent to a target. */
export interface Outcome {
  readonly route: RankedRoute;
  readonly isAllowed: boolean;
  readonly mayBeCached: boolean;
  /** Null when refused. */
  readonly target: OutcomeTarget | null;
  /** The question whose witness shows that some request really gets there. */
  readonly question: RouteQuestion;
}

/** A target as far as a property can ask. */
export interface OutcomeTarget {
  /** Null for a route that sends the requested model straight to its provider. */
  readonly chain: string | null;
  readonly id: string | null;
  readonly model: Item<ModelSpec> | undefined;
  readonly provider: Item<ProviderSpec> | undefined;
}

/**
 * Everything that may happen on a route, as the gateway decides it: whom it lets in, which targets its residency, its data policy and the consumer's
 * lists leave, those of cheaper chains of budgets included. Whether a request gets there, `findRequest` tells. Pure.
 */
export function outcomesOf(context: LintContext, route: RankedRoute): readonly Outcome[] {
  const consumers: readonly (Item<ConsumerSpec> | null)[] = routeConsumers(context, route.item) ?? [null];
  return consumers.flatMap((consumer) => outcomesFor(context, route, consumer));
}

function outcomesFor(
  context: LintContext,
  route: RankedRoute,
  consumer: Item<ConsumerSpec> | null,
): readonly Outcome[] {
  const { spec } = route.item;
  const permitted: RouteQuestion = { route, consumer, permitted: true };
  const refused = { route, isAllowed: false, mayBeCached: false, target: null };
  const isBarred = spec.deny !== undefined || (consumer !== null && !mayUseRoute(consumer, route.item));
  const targets = isBarred ? [] : targetsOf(context, route, consumer);
  const cache = context.find('Cache', spec.cache ?? '');
  const mayBeCached = cache !== undefined && cache.spec.mode !== 'off';
  const hasLists = consumer?.spec.allow !== undefined || consumer?.spec.deny !== undefined;
  return [
    ...targets.map((target) => ({
      route,
      isAllowed: true,
      mayBeCached,
      target,
      question:
        target.chain === null
          ? { ...permitted, scopes: [matcherOf({ models: [compileGlob(target.model?.name ?? '')] })] }
          : permitted,
    })),
    ...(targets.length === 0 ? [{ ...refused, question: permitted }] : []),
    ...(hasLists ? [{ ...refused, question: { ...permitted, permitted: false } }] : []),
  ];
}

function targetsOf(
  context: LintContext,
  { item: route }: RankedRoute,
  consumer: Item<ConsumerSpec> | null,
): readonly OutcomeTarget[] {
  const targets: readonly OutcomeTarget[] =
    route.spec.chain === undefined
      ? context.every('Model').map((model) => ({
          chain: null,
          id: null,
          model,
          provider: context.find('Provider', model.spec.provider ?? ''),
        }))
      : [route.spec.chain, ...cheaperChains(context, route.name, consumer)]
          .map((name) => context.find('Chain', name))
          .flatMap((chain) => (chain ? hopsOf(context, chain) : []))
          .map(({ chain, target, model, provider }) => ({ chain: chain.name, id: target.id, model, provider }));
  return targets
    .filter((target) => !leavesResidency(route.spec, target) && dataPolicyProblem(route.spec, target) === null)
    .filter(({ model }) => !model || !consumer || mayUseModel(consumer.spec, model));
}

/** Where budgets that count the consumer's requests on the route lead when they are spent. */
function cheaperChains(context: LintContext, route: string, consumer: Item<ConsumerSpec> | null): readonly string[] {
  const line = consumer ? lineOf(consumer, context) : null;
  return context.every('Budget').flatMap(({ spec: { onExhausted, scope = {} } }) => {
    if (typeof onExhausted !== 'object' || !fitsAny(scope.routes, route)) return [];
    const isCounted = line === null || line.some((_, from) => coversCaller(scope, line.slice(from)));
    return isCounted ? [onExhausted.chain] : [];
  });
}

/** The request that shows an outcome within a scope, or that there is none. Pure. */
export function witnessOf(
  context: LintContext,
  { question }: Outcome,
  scope: ReturnType<typeof matcherOf>,
): ReturnType<typeof findRequest> {
  return findRequest(context, { ...question, scopes: [...(question.scopes ?? []), scope] });
}
