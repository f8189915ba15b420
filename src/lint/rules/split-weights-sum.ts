import type { Rule } from '../rule.ts';

/** Weights that are no shares. */
export const splitWeightsSum: Rule = {
  meta: {
    id: 'split/weights-sum',
    severity: 'error',
    summary: 'The weights of a weighted chain do not add up to 100, or a target has none.',
    why: 'Weights read as per cent, and 30 of 80 is not 30 %. Only `strategy: weighted` looks at them.',
    bad: `
kind: Chain
metadata: { name: comparison }
spec:
  strategy: weighted
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 30 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 50 }`,
    good: `
kind: Chain
metadata: { name: comparison }
spec:
  strategy: weighted
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 30 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 70 }`,
  },
  check({ every }) {
    return every('Chain')
      .filter(({ spec }) => spec.strategy === 'weighted')
      .flatMap((chain) => {
        const { targets } = chain.spec;
        const bare = targets.findIndex(({ weight }) => weight === undefined);
        if (bare >= 0) {
          return [
            {
              at: chain.atKey('targets', bare, 'id'),
              subject: chain.key,
              message: `target \`${targets[bare]?.id}\` of the weighted chain \`${chain.name}\` has no weight`,
              hint: 'Give every target a `weight`; they add up to 100. A target that only stands in has `weight: 0`.',
            },
          ];
        }
        const sum = targets.reduce((total, { weight = 0 }) => total + weight, 0);
        // Thirds written as 33.33 are meant to be 100.
        if (Math.abs(sum - 100) < 0.05 && targets.every(({ weight = 0 }) => weight >= 0)) return [];
        return [
          {
            at: chain.atKey('targets'),
            subject: chain.key,
            message: `the weights of chain \`${chain.name}\` add up to ${Number(sum.toFixed(2))}, not to 100`,
            hint: 'Change the weights so that they add up to 100.',
          },
        ];
      });
  },
};
