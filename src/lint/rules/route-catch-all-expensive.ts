import { hopsOf } from '../hops.ts';
import { pricePerMillion } from '../model-price.ts';
import type { Rule } from '../rule.ts';

const MAX_USD = 25;

/** The dearest model for whoever asks for nothing in particular. */
export const routeCatchAllExpensive: Rule = {
  meta: {
    id: 'route/catch-all-expensive',
    severity: 'warn',
    summary: `The route for everything else reaches a model of more than ${MAX_USD} USD for a million input and a million output tokens.`,
    why: 'A new service, a misspelt path, a test that somebody forgot: all of them land here, and are paid at the highest price.',
    bad: `
kind: Chain
metadata: { name: best }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: opus, model: anthropic/claude-opus-4-5 }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: best }`,
    good: `
kind: Chain
metadata: { name: premium }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }`,
    options: `The limit is ${MAX_USD} USD, counted like \`maxPrice\` of a chain; targets beyond such a \`maxPrice\` do not count.`,
    waive: 'When everybody is meant to get the best model.',
  },
  check(context) {
    return context.routes.flatMap(({ item: route, specificity: [conditions] }) => {
      const chain = context.find('Chain', route.spec.chain ?? '');
      if (conditions > 0 || !chain || chain.spec.maxPrice) return [];
      const prices = hopsOf(context, chain).map((hop) => ({
        hop,
        usd: pricePerMillion(hop.model?.spec, context.nowMs) ?? 0,
      }));
      const [dearest] = prices.toSorted((a, b) => b.usd - a.usd);
      if (!dearest || dearest.usd <= MAX_USD) return [];
      const { file, line } = dearest.hop.chain.at('targets', dearest.hop.index);
      return [
        {
          at: route.at('chain'),
          subject: route.key,
          message: `route \`${route.name}\` takes whatever no other route takes, and may answer it with \`${dearest.hop.target.model}\` for ${dearest.usd} USD`,
          hint: 'Give this route a cheaper chain, and the dear model a route that has to be asked for.',
          related: [{ file, line, message: 'this target' }],
        },
      ];
    });
  },
};
