import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** Fallbacks that fail together. */
export const fallbackSameProvider: Rule = {
  meta: {
    id: 'fallback/same-provider',
    severity: 'warn',
    summary: 'Every target of a chain is at the same provider.',
    why: 'An outage, an expired key or an exhausted quota takes all of them at once.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: mini, model: openai/gpt-4o-mini }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    waive: 'When a contract or data residency allows only this provider.',
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      const hops = hopsOf(context, chain);
      const providers = new Set(hops.map(({ provider, target }) => provider?.name ?? target.provider));
      const [only] = providers;
      if (hops.length < 2 || providers.size !== 1 || only === undefined) return [];
      return [
        {
          at: chain.atKey('targets'),
          subject: chain.key,
          message: `all ${hops.length} targets of chain \`${chain.name}\` are at provider \`${only}\`: they fail together`,
          hint: 'Add a target at another provider.',
        },
      ];
    });
  },
};
