import { settingsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A stream that never begins. */
export const timeoutTtftMissing: Rule = {
  meta: {
    id: 'timeout/ttft-missing',
    severity: 'warn',
    summary: 'A target has no timeout for the first token.',
    why: 'A provider that accepts a stream and then says nothing looks healthy until the total timeout: the user stares at an empty box for a minute, and the fallback comes too late.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 45s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { firstToken: 10s, total: 45s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    waive: 'For chains whose callers never stream.',
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      const bare = chain.spec.targets.findIndex(
        (target) => target.chain === undefined && settingsOf(context, chain, target).timeouts.firstToken === undefined,
      );
      const target = chain.spec.targets[bare];
      if (!target) return [];
      return [
        {
          at: chain.atKey('targets', bare, target.timeouts ? 'timeouts' : 'id'),
          subject: chain.key,
          message: `target \`${target.id}\` of chain \`${chain.name}\` has no timeout for the first token`,
          hint: 'Set `defaults.timeouts.firstToken` for the chain.',
        },
      ];
    });
  },
};
