import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A fallback that the big requests do not fit into. */
export const fallbackContextShrinks: Rule = {
  meta: {
    id: 'fallback/context-shrinks',
    severity: 'error',
    summary: "A target's context window is smaller than the input plus output that a route lets through.",
    why: 'Small requests are answered, and exactly the big ones fail. Routes without both limits are not judged.',
    bad: `
kind: Model
metadata: { name: openai/short }
spec: { provider: openai, contextWindow: 8000 }
---
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: short, model: openai/short }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, limits: { maxInputTokens: 8000, maxOutputTokens: 1000 } }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, limits: { maxInputTokens: 8000, maxOutputTokens: 1000 } }`,
  },
  check(context) {
    return context.every('Route').flatMap((route) => {
      const { maxInputTokens, maxOutputTokens } = route.spec.limits ?? {};
      const chain = context.find('Chain', route.spec.chain ?? '');
      if (maxInputTokens === undefined || maxOutputTokens === undefined || !chain) return [];
      return hopsOf(context, chain).flatMap((hop) => {
        const window = hop.model?.spec.contextWindow;
        // The model's own output cap clamps what the route allows.
        const output = Math.min(maxOutputTokens, hop.model?.spec.maxOutput ?? maxOutputTokens);
        if (window === undefined || window >= maxInputTokens + output) return [];
        const { file, line } = hop.chain.at('targets', hop.index);
        return [
          {
            at: route.at('limits', 'maxInputTokens'),
            subject: route.key,
            message: `route \`${route.name}\` lets ${maxInputTokens} input and ${output} output tokens through, but \`${hop.target.model}\` holds ${window} in all`,
            hint: 'Lower `limits.maxInputTokens`, or choose a model with a larger context window.',
            related: [{ file, line, message: `target \`${hop.target.id}\` of chain \`${hop.chain.name}\`` }],
          },
        ];
      });
    });
  },
};
