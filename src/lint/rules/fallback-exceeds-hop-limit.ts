import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

const DEFAULT_MAX_ATTEMPTS = 8;

/** A chain whose tail can never be reached. */
export const fallbackExceedsHopLimit: Rule = {
  meta: {
    id: 'fallback/exceeds-hop-limit',
    severity: 'error',
    summary: 'A chain has more targets than one request may make attempts.',
    why: 'Attempts are shared by retries and fallbacks. The targets beyond `maxAttempts` are never called, and nobody notices until the outage they were written for.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  maxAttempts: 1
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  maxAttempts: 4
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      const limit = chain.spec.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
      const hops = hopsOf(context, chain);
      const firstLost = hops[limit];
      if (!firstLost) return [];
      const { file, line } = chain.at('targets', firstLost.via);
      const isWritten = chain.spec.maxAttempts !== undefined;
      return [
        {
          at: isWritten ? chain.at('maxAttempts') : chain.at('targets', firstLost.via),
          subject: chain.key,
          message: `chain \`${chain.name}\` reaches ${hops.length} targets, but one request makes at most ${limit} ${limit === 1 ? 'attempt' : 'attempts'}${isWritten ? '' : ' by default'}`,
          hint: 'Raise `maxAttempts`, or remove the targets at the end.',
          related: isWritten ? [{ file, line, message: `\`${firstLost.target.id}\` is never reached` }] : [],
        },
      ];
    });
  },
};
