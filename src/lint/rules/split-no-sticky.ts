import type { Rule } from '../rule.ts';

/** A conversation that changes its model in the middle. */
export const splitNoSticky: Rule = {
  meta: {
    id: 'split/no-sticky',
    severity: 'warn',
    summary: 'A weighted chain draws anew for every request.',
    why: 'In a conversation the model flips from turn to turn: the style changes, prompt caches never hit, and a comparison of two models compares mixtures.',
    bad: `
kind: Chain
metadata: { name: comparison }
spec:
  strategy: weighted
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 30 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 70 }`,
    good: `
kind: Chain
metadata: { name: comparison }
spec:
  strategy: weighted
  sticky: session
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 30 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 70 }`,
    waive: 'When the requests are single questions that do not belong together.',
    fix: 'Sets `sticky: session`.',
  },
  check({ every }) {
    return every('Chain')
      .filter(
        ({ spec }) => spec.strategy === 'weighted' && (spec.sticky ?? 'none') === 'none' && spec.targets.length > 1,
      )
      .map((chain) => ({
        at: chain.spec.sticky === undefined ? chain.at('strategy') : chain.at('sticky'),
        fix: {
          title: 'set `sticky: session`',
          edits: [{ kind: 'set', at: chain.atKey('strategy'), key: 'sticky', text: 'session' }],
        },
        subject: chain.key,
        message: `chain \`${chain.name}\` draws a target anew for every request of a conversation`,
        hint: 'Add `sticky: session`, or `sticky: consumer`.',
      }));
  },
};
