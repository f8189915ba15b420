import { hopsOf } from '../hops.ts';
import { optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

/** More would make a provider's bad minute worse for everybody. */
const MAX_CALLS = 10;

/** One request that may become many calls. */
export const retryAmplification: Rule = {
  meta: {
    id: 'retry/amplification',
    severity: 'warn',
    summary: `One request may make more than ${MAX_CALLS} upstream calls.`,
    why: 'In an outage every caller retries too: the calls multiply, and the load that nobody asked for keeps the provider down. Counted is the smaller of `maxAttempts` and the sum of 1 + `retry.max` over all targets.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  maxAttempts: 20
  defaults: { timeouts: { total: 10s }, retry: { max: 9 } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  maxAttempts: 8
  defaults: { timeouts: { total: 10s }, retry: { max: 5 } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    options: `\`calls\`, ${MAX_CALLS} unless set: upstream calls for one request.`,
    set: '{ calls: 20 }',
    waive: 'For night batches that may take their time and are alone on their key.',
  },
  check(context) {
    const { calls: most = MAX_CALLS } = optionsOf(context, 'retry/amplification');
    return context.every('Chain').flatMap((chain) => {
      const possible = hopsOf(context, chain).reduce((sum, { retry }) => sum + 1 + (retry.max ?? 0), 0);
      const calls = Math.min(possible, chain.spec.maxAttempts ?? 8);
      if (calls <= most) return [];
      return [
        {
          at: chain.at('maxAttempts'),
          subject: chain.key,
          message: `one request through chain \`${chain.name}\` may make ${calls} upstream calls; more than ${most} multiply an outage`,
          hint: `Lower \`maxAttempts\` to ${most} or less, or \`retry.max\` of the targets.`,
        },
      ];
    });
  },
};
