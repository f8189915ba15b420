import type { LintContext } from '../context.ts';
import { enteredChains, hopsOf } from '../hops.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** Requests that depend on one single target. */
export const fallbackNone: Rule = {
  meta: {
    id: 'fallback/none',
    severity: 'warn',
    summary: 'A chain that routes use has a single target, or a production route has no chain.',
    why: 'Every outage, rate limit and expired key of that one provider is an outage of yours.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  targets: [{ id: gpt, model: openai/gpt-4o, timeouts: { total: 30s } }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }`,
    waive: 'When no other model can answer in the place of this one, such as for embeddings of one index.',
  },
  check: (context) => [...lonelyChains(context), ...bareRoutes(context)],
};

function lonelyChains(context: LintContext): readonly RuleFinding[] {
  const entered = enteredChains(context);
  return context
    .every('Chain')
    .filter(
      (chain) => entered.has(chain.name) && chain.spec.targets.length === 1 && hopsOf(context, chain).length === 1,
    )
    .map((chain) => ({
      at: chain.atKey('targets'),
      subject: chain.key,
      message: `chain \`${chain.name}\` has a single target: an outage there is an outage of every route that uses it`,
      hint: 'Add a target at another provider.',
    }));
}

function bareRoutes({ every, environment }: LintContext): readonly RuleFinding[] {
  return every('Route')
    .filter(({ spec }) => spec.chain === undefined && spec.deny === undefined)
    .filter(({ spec }) => environment === 'production' || spec.tags?.includes('production'))
    .map((route) => ({
      at: route.atName(),
      subject: route.key,
      message: `route \`${route.name}\` has no chain: each request depends on the one provider of its model`,
      hint: 'Name a `chain` with targets at two providers.',
    }));
}
