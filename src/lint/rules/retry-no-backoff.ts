import { parseDuration } from '#core';
import type { RetrySpec } from '#snapshot';
import { writtenRetries } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** Retries that hit a provider while it is down. */
export const retryNoBackoff: Rule = {
  meta: {
    id: 'retry/no-backoff',
    severity: 'warn',
    summary: 'Retries follow at once, or always at the same interval.',
    why: 'A provider that struggles is hit at full rate while it tries to come back.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 3, initial: 0ms } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 3, initial: 200ms, factor: 2, jitter: full } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
  },
  check({ every }) {
    return every('Chain').flatMap((chain) =>
      writtenRetries(chain).flatMap(({ retry, path }) => {
        const problem = (retry.max ?? 1) > 0 ? problemOf(retry) : null;
        if (problem === null) return [];
        return [
          {
            at: chain.at(...path, problem.field),
            subject: chain.key,
            message: `retries of chain \`${chain.name}\` ${problem.reason}`,
            hint: 'Use `initial: 200ms` and `factor: 2`, which are the defaults.',
          },
        ];
      }),
    );
  },
};

function problemOf({ initial, factor }: RetrySpec): { readonly field: string; readonly reason: string } | null {
  if (initial !== undefined && parseDuration(initial) === 0)
    return { field: 'initial', reason: 'follow without any wait' };
  if (factor !== undefined && factor <= 1) return { field: 'factor', reason: 'never wait longer than before' };
  return null;
}
