import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A second failure, certain beforehand. */
export const fallbackOverflowToSmaller: Rule = {
  meta: {
    id: 'fallback/overflow-to-smaller',
    severity: 'warn',
    summary: 'A chain names `context-overflow` in `fallbackOn`, and no later target holds more than the first.',
    why: 'The request that was too long for the first model is too long for every other one: each is asked, each refuses, and the caller waits for all of them.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  fallbackOn: [rate-limit, server-error, timeout, network, context-overflow]
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: claude, model: anthropic/claude-sonnet-4-5 }, { id: gpt, model: openai/gpt-4o }]`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  fallbackOn: [rate-limit, server-error, timeout, network, context-overflow]
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]`,
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      const { fallbackOn, strategy = 'fallback' } = chain.spec;
      const at = fallbackOn?.indexOf('context-overflow') ?? -1;
      const windows = hopsOf(context, chain).map(({ model }) => model?.spec.contextWindow);
      const [first, ...later] = windows;
      if (at < 0 || strategy !== 'fallback' || first === undefined || later.length === 0) return [];
      if (later.some((window) => window === undefined || window > first)) return [];
      const { file, line } = chain.at('targets', 0);
      return [
        {
          at: chain.at('fallbackOn', at),
          subject: chain.key,
          message: `chain \`${chain.name}\` falls back when a request is too long, but no later target holds more than the ${first} tokens of the first`,
          hint: 'Add a target with a larger context window, or remove `context-overflow`.',
          related: [{ file, line, message: 'the first target' }],
        },
      ];
    });
  },
};
