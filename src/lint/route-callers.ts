import { asObject } from '#core';
import type { ConsumerSpec, RouteSpec } from '#snapshot';
import { fitsAny } from './budget-cover.ts';
import { mayUseRoute } from './consumer-requests.ts';
import type { LintContext } from './context.ts';
import type { Item } from './item.ts';

/** The consumers whose name and labels a route takes; null when nobody is declared, so that anybody may come. Pure. */
export function routeConsumers(
  { every, world }: LintContext,
  { spec }: Item<RouteSpec>,
): readonly Item<ConsumerSpec>[] | null {
  if (world.consumers === null) return null;
  const { consumers, labels = {} } = spec.match;
  return every('Consumer').filter(({ name, metadata }) => {
    const own = asObject(metadata.labels);
    if (!fitsAny(consumers, name)) return false;
    return Object.entries(labels).every(([key, values]) => typeof own[key] === 'string' && fitsAny(values, own[key]));
  });
}

/** Those of them who are allowed to call it. Pure. */
export function routeCallers(context: LintContext, route: Item<RouteSpec>): readonly Item<ConsumerSpec>[] | null {
  const consumers = routeConsumers(context, route);
  return (
    consumers?.filter((consumer) => {
      const { allow } = consumer.spec;
      return allow?.models?.length !== 0 && allow?.endpoints?.length !== 0 && mayUseRoute(consumer, route);
    }) ?? null
  );
}
