import { writtenRetries } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** Retries that arrive as one. */
export const retryNoJitter: Rule = {
  meta: {
    id: 'retry/no-jitter',
    severity: 'warn',
    summary: 'Retries wait exactly the same time for every caller.',
    why: 'All callers that failed in the same moment come back in the same moment: the wave that broke the provider arrives again, and again.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 3, jitter: none } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 3, jitter: full } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    fix: 'Sets `jitter: full`.',
  },
  check({ every }) {
    return every('Chain').flatMap((chain) =>
      writtenRetries(chain)
        .filter(({ retry }) => retry.jitter === 'none' && retry.max !== 0)
        .map(({ path }) => ({
          at: chain.at(...path, 'jitter'),
          fix: {
            title: 'set `jitter: full`',
            edits: [{ kind: 'replace', at: chain.at(...path, 'jitter'), text: 'full' }],
          },
          subject: chain.key,
          message: `retries of chain \`${chain.name}\` come from all callers at the same moment`,
          hint: 'Use `jitter: full`, which is the default.',
        })),
    );
  },
};
