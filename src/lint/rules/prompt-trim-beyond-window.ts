import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A conversation that is brought down to what no longer fits. */
export const promptTrimBeyondWindow: Rule = {
  meta: {
    id: 'prompt/trim-beyond-window',
    severity: 'warn',
    since: '2026-12',
    summary:
      "A route leaves conversations more tokens than the smallest context window of its chain holds beside the route's output limit.",
    why: 'The conversation is cut and too long all the same: the target with the small window is skipped, or refuses, just when it is needed as a fallback.',
    bad: `
kind: Route
metadata: { name: support }
spec: { match: {}, chain: support, prompt: { trim: { tokens: 150000 } } }
---
kind: Chain
metadata: { name: support }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: claude, model: anthropic/claude-sonnet-4-5 }, { id: gpt, model: openai/gpt-4o }] }`,
    good: `
kind: Route
metadata: { name: support }
spec: { match: {}, chain: support, prompt: { trim: { window: 90% } } }
---
kind: Chain
metadata: { name: support }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: claude, model: anthropic/claude-sonnet-4-5 }, { id: gpt, model: openai/gpt-4o }] }`,
    waive: 'When long conversations are meant for the larger targets only.',
  },
  check(context) {
    return context.every('Route').flatMap((route) => {
      const { trim } = route.spec.prompt ?? {};
      const chain = context.find('Chain', route.spec.chain ?? '');
      const tokens = trim?.tokens;
      if (tokens === undefined || trim?.window !== undefined || chain === undefined) return [];
      const output = route.spec.limits?.maxOutputTokens ?? 0;
      const small = hopsOf(context, chain)
        .map((hop) => ({ hop, window: hop.model?.spec.contextWindow ?? Number.POSITIVE_INFINITY }))
        .sort((a, b) => a.window - b.window)[0];
      if (small === undefined || tokens + output <= small.window) return [];
      const { file, line } = small.hop.chain.at('targets', small.hop.index);
      const sum = output === 0 ? `${tokens} tokens` : `${tokens} tokens and ${output} of output`;
      return [
        {
          at: route.at('prompt', 'trim', 'tokens'),
          subject: route.key,
          message: `${sum} are more than the ${small.window} that a target of chain \`${chain.name}\` holds`,
          hint: 'Lower `tokens`, or write `window: 90%`.',
          related: [{ file, line, message: 'the target with the smallest window' }],
        },
      ];
    });
  },
};
