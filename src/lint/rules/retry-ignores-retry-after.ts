import { writtenRetries } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** Coming back sooner than told. */
export const retryIgnoresRetryAfter: Rule = {
  meta: {
    id: 'retry/ignores-retry-after',
    severity: 'warn',
    summary: 'Retries do not heed the time a provider asks to wait.',
    why: 'Whoever comes back sooner than told is refused again, and by some providers for longer.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 3, respectRetryAfter: false } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 3, respectRetryAfter: true, maxRetryAfter: 20s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    waive: 'For a provider known to send nonsense.',
    fix: 'Sets `respectRetryAfter: true`.',
  },
  check({ every }) {
    return every('Chain').flatMap((chain) =>
      writtenRetries(chain)
        .filter(({ retry }) => retry.respectRetryAfter === false)
        .map(({ path }) => ({
          at: chain.at(...path, 'respectRetryAfter'),
          fix: {
            title: 'set `respectRetryAfter: true`',
            edits: [{ kind: 'replace', at: chain.at(...path, 'respectRetryAfter'), text: 'true' }],
          },
          subject: chain.key,
          message: `retries of chain \`${chain.name}\` do not heed the time a provider asks to wait`,
          hint: 'Remove the line; `maxRetryAfter` already ends waits that are too long.',
        })),
    );
  },
};
