import { parseDuration } from '#core';
import { settingsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A call that may hang for ever. */
export const timeoutMissing: Rule = {
  meta: {
    id: 'timeout/missing',
    severity: 'error',
    summary: 'A target, or a route without a chain, has no total timeout.',
    why: 'A provider that accepts the connection and never answers then holds the caller, its connection and its budget hold until somebody gives up. There is no default on purpose: how long is too long is policy.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5, timeouts: { total: 30s } }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { connect: 2s, firstToken: 10s, idle: 15s, total: 45s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5, timeouts: { total: 30s } }`,
  },
  check(context) {
    const targets = context.every('Chain').flatMap((chain) =>
      chain.spec.targets.flatMap((target, index) => {
        if (target.chain !== undefined || hasTotal(settingsOf(context, chain, target).timeouts)) return [];
        const path = target.timeouts ? ['targets', index, 'timeouts'] : ['targets', index, 'id'];
        return [
          {
            at: chain.atKey(...path),
            subject: chain.key,
            message: `target \`${target.id}\` of chain \`${chain.name}\` has no total timeout`,
            hint: 'Set `timeouts.total` for the target, or `defaults.timeouts.total` for the chain.',
          },
        ];
      }),
    );
    const routes = context
      .every('Route')
      .filter(({ spec }) => spec.chain === undefined && spec.deny === undefined)
      .filter(() => !hasTotal(settingsOf(context, undefined, {}).timeouts))
      .map((route) => ({
        at: route.atName(),
        subject: route.key,
        message: `route \`${route.name}\` has no chain, and the project sets no total timeout for such routes`,
        hint: 'Set `defaults.timeouts.total` in the Project document.',
      }));
    return [...targets, ...routes];
  },
};

function hasTotal({ total }: { readonly total?: string }): boolean {
  return total !== undefined && (parseDuration(total) ?? 0) > 0;
}
