import type { ModelSpec } from '#snapshot';
import { hopsOf } from '../hops.ts';
import { optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const TIERS: Readonly<Record<string, number>> = { small: 1, standard: 2, frontier: 3 };
const MAX_DROP = 1;

/** A quiet loss of quality. */
export const fallbackTierDowngrade: Rule = {
  meta: {
    id: 'fallback/tier-downgrade',
    severity: 'warn',
    summary: 'A fallback is more than one tier below the first target, and the chain does not allow it.',
    why: 'Answers become worse without anybody noticing: no error, no alert, only unhappy users.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: haiku, model: anthropic/claude-haiku-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  allowDowngrade: true
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: haiku, model: anthropic/claude-haiku-4-5 }`,
    options: `\`tiers\`, ${MAX_DROP} unless set: how many tiers a fallback may be below. Tiers are small, standard and frontier, or numbers.`,
    set: '{ tiers: 0 }',
    waive: 'When quality does not matter; `allowDowngrade: true` says the same where everybody sees it.',
  },
  check(context) {
    const { tiers = MAX_DROP } = optionsOf(context, 'fallback/tier-downgrade');
    return context.every('Chain').flatMap((chain) => {
      if (chain.spec.allowDowngrade === true) return [];
      const hops = hopsOf(context, chain);
      const firstTier = tierOf(hops[0]?.model?.spec);
      if (firstTier === null) return [];
      return hops.slice(1).flatMap((hop) => {
        const tier = tierOf(hop.model?.spec);
        if (tier === null || firstTier - tier <= tiers) return [];
        return [
          {
            at: chain.at('targets', hop.via, hop.chain === chain ? 'model' : 'chain'),
            subject: chain.key,
            message: `\`${hop.target.model}\` is ${firstTier - tier} tiers below \`${hops[0]?.target.model}\`, for which it stands in`,
            hint: 'Choose a model of the same tier, or say `allowDowngrade: true`.',
          },
        ];
      });
    });
  },
};

function tierOf(model: ModelSpec | undefined): number | null {
  const tier = model?.tier;
  return typeof tier === 'number' ? tier : (TIERS[tier ?? ''] ?? null);
}
