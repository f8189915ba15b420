import type { ChainSpec } from '#snapshot';
import type { LintContext } from '../context.ts';
import { hopsOf } from '../hops.ts';
import type { Item } from '../item.ts';
import { pricePerMillion } from '../model-price.ts';
import { optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const MAX_FACTOR = 3;

/** An outage that becomes a bill. */
export const fallbackCostJump: Rule = {
  meta: {
    id: 'fallback/cost-jump',
    severity: 'warn',
    summary: `A fallback costs more than ${MAX_FACTOR} times as much as the first target.`,
    why: 'An hour of outage at the cheap provider is then paid at the price of the dear one, and a budget planned for a month is gone in a day. Compared are input plus output per million tokens; a nested chain counts as its dearest target.',
    bad: `
kind: Chain
metadata: { name: economy }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: mini, model: openai/gpt-4o-mini }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    options: `\`factor\`, ${MAX_FACTOR} unless set. Only chains of strategy \`fallback\` have a first target.`,
    set: '{ factor: 5 }',
    waive: 'When the jump is known and budgets hold it.',
  },
  check(context) {
    const { factor: most = MAX_FACTOR } = optionsOf(context, 'fallback/cost-jump');
    return context.every('Chain').flatMap((chain) => {
      if ((chain.spec.strategy ?? 'fallback') !== 'fallback') return [];
      const prices = dearestByTarget(context, chain);
      const first = prices.get(0);
      if (first === undefined || first === 0) return [];
      return [...prices].flatMap(([index, price]) => {
        const target = chain.spec.targets[index];
        const factor = price / first;
        // Prices are decimal: three times as much is still three times.
        if (!target || factor <= most + 1e-9) return [];
        const { file, line } = chain.at('targets', 0);
        return [
          {
            at: chain.at('targets', index, target.chain === undefined ? 'model' : 'chain'),
            subject: chain.key,
            message: `target \`${target.id}\` of chain \`${chain.name}\` costs ${factor.toFixed(1)} times as much as the first one`,
            hint: 'Choose a model of a similar price, or waive it for this chain.',
            related: [{ file, line, message: 'the first target' }],
          },
        ];
      });
    });
  },
};

/** Position of each target → the dearest price it can lead to; targets without a known price are left out. */
function dearestByTarget(context: LintContext, chain: Item<ChainSpec>): ReadonlyMap<number, number> {
  const prices = new Map<number, number>();
  for (const hop of hopsOf(context, chain)) {
    const price = pricePerMillion(hop.model?.spec, context.nowMs);
    if (price !== null) prices.set(hop.via, Math.max(price, prices.get(hop.via) ?? 0));
  }
  return prices;
}
