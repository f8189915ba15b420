import { formatDuration, parseDuration } from '#core';
import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A deadline that ends before the last target had its turn. */
export const timeoutExceedsDeadline: Rule = {
  meta: {
    id: 'timeout/exceeds-deadline',
    severity: 'error',
    summary: 'The first attempts of all targets together, or one of them alone, may take longer than the deadline.',
    why: 'When the first targets hang until their timeouts, the deadline ends the request before the last one is tried: a fallback that cannot help in the case it was written for. Retries are not counted.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  deadline: 60s
  defaults: { timeouts: { total: 45s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  deadline: 100s
  defaults: { timeouts: { total: 45s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    waive: 'When the last target is a bonus for quick failures only.',
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      const deadlineMs = parseDuration(chain.spec.deadline ?? '');
      if (deadlineMs === null) return [];
      const totals = hopsOf(context, chain).map(({ timeouts }) => parseDuration(timeouts.total ?? '') ?? 0);
      const sumMs = totals.reduce((sum, total) => sum + total, 0);
      if (sumMs <= deadlineMs) return [];
      const longestMs = Math.max(...totals);
      const reason =
        longestMs > deadlineMs
          ? `one target alone may take ${formatDuration(longestMs)}`
          : `one attempt at each of its ${totals.length} targets may take ${formatDuration(sumMs)}`;
      return [
        {
          at: chain.at('deadline'),
          subject: chain.key,
          message: `chain \`${chain.name}\` has a deadline of ${formatDuration(deadlineMs)}, but ${reason}`,
          hint: `Raise \`deadline\` to ${formatDuration(sumMs)} or more, or lower \`timeouts.total\`.`,
        },
      ];
    });
  },
};
