import type { OutcomeReason } from '#core';
import type { Rule } from '../rule.ts';

const EXPECTED: readonly OutcomeReason[] = ['rate-limit', 'server-error', 'timeout'];

/** A fallback for some outages only. */
export const fallbackTriggerGap: Rule = {
  meta: {
    id: 'fallback/trigger-gap',
    severity: 'warn',
    summary: 'A chain does not fall back on rate limits, server errors or timeouts.',
    why: 'These three are what outages look like from outside. A chain that leaves one out has fallbacks that are not used when they are needed.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  fallbackOn: [server-error]
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  fallbackOn: [rate-limit, server-error, timeout, network]
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    waive: 'When callers handle the outcome themselves and want to see it.',
    fix: 'Adds the missing outcomes to `fallbackOn`.',
  },
  check({ every }) {
    return every('Chain').flatMap((chain) => {
      const { fallbackOn, targets } = chain.spec;
      if (fallbackOn === undefined || targets.length < 2) return [];
      const missing = EXPECTED.filter((reason) => !fallbackOn.includes(reason));
      if (missing.length === 0) return [];
      return [
        {
          at: chain.atKey('fallbackOn'),
          fix: {
            title: `add ${missing.join(', ')} to \`fallbackOn\``,
            edits: [{ kind: 'append', at: chain.atKey('fallbackOn'), items: missing }],
          },
          subject: chain.key,
          message: `chain \`${chain.name}\` does not fall back on ${missing.join(', ')}`,
          hint: `Add ${missing.join(', ')} to \`fallbackOn\`.`,
        },
      ];
    });
  },
};
