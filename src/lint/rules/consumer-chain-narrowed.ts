import type { ConsumerSpec } from '#snapshot';
import { findRequest, mayUseModel } from '../consumer-requests.ts';
import type { LintContext } from '../context.ts';
import { type Hop, hopsOf } from '../hops.ts';
import type { Item } from '../item.ts';
import { routeCallers } from '../route-callers.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** A chain that is shorter for some than it looks. */
export const consumerChainNarrowed: Rule = {
  meta: {
    id: 'consumer/chain-narrowed',
    severity: 'warn',
    summary: "A consumer's `allow` or `deny` takes targets out of a chain that it uses.",
    why: 'The chain has three targets in review and one when this consumer calls: the outage that the others were for reaches it all the same. A chain that the consumer may not use at all is not meant.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Consumer
metadata: { name: product-team }
spec: { allow: { models: ["openai/*"] } }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Consumer
metadata: { name: product-team }
spec: { allow: { models: ["openai/*", "anthropic/*"] } }`,
    waive: 'When the consumer is meant to have fewer fallbacks than others.',
  },
  check(context) {
    const found = new Map<string, RuleFinding>();
    for (const route of context.routes) {
      const chain = context.find('Chain', route.item.spec.chain ?? '');
      if (!chain) continue;
      // The sandbox stands in where no key is set: nobody counts on it.
      const hops = hopsOf(context, chain).filter(({ provider }) => provider?.spec.dialect !== 'sandbox');
      for (const consumer of routeCallers(context, route.item) ?? []) {
        const key = `${consumer.name} ${chain.name}`;
        const lost = found.has(key) ? [] : lostTo(consumer, hops);
        if (lost.length === 0 || lost.length === hops.length) continue;
        const search = findRequest(context, { route, consumer, permitted: true });
        if (search.kind !== 'found') continue;
        found.set(key, {
          at: placeOf(consumer, lost),
          subject: consumer.key,
          message: `\`${consumer.name}\` uses chain \`${chain.name}\` without ${lost.map(({ target }) => `\`${target.id}\``).join(', ')}: it may not use ${lost.map(({ target }) => `\`${target.model}\``).join(', ')}`,
          hint: 'Allow these models, or give the consumer a route with a chain of its own.',
          related: lost.slice(0, 5).map((hop) => {
            const { file, line } = hop.chain.at('targets', hop.index);
            return { file, line, message: 'this target is passed over' };
          }),
          witness: search.request,
        });
      }
    }
    return [...found.values()];
  },
};

function lostTo({ spec }: Item<ConsumerSpec>, hops: readonly Hop[]): readonly Hop[] {
  if (spec.allow?.models === undefined && spec.deny?.models === undefined) return [];
  return hops.filter(({ model }) => model && !mayUseModel(spec, model));
}

/** The list that refuses the first of them. */
function placeOf(consumer: Item<ConsumerSpec>, [first]: readonly Hop[]): ReturnType<LintContext['documents'][0]['at']> {
  const { deny, allow } = consumer.spec;
  const byDeny = first?.model && allow?.models && mayUseModel({ allow }, first.model);
  return deny?.models && (byDeny || !allow?.models) ? consumer.at('deny', 'models') : consumer.at('allow', 'models');
}
