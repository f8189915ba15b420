import { dataPolicyProblem } from '../hop-gates.ts';
import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A target that does with data what its route forbids. */
export const fallbackDataPolicy: Rule = {
  meta: {
    id: 'fallback/data-policy',
    severity: 'error',
    summary: "A target's provider trains on data or keeps it longer than its route allows, or does not say.",
    why: 'The gateway skips such a target, so the fallback is not there when it is needed. A provider that states nothing cannot satisfy a policy.',
    bad: `
kind: Provider
metadata: { name: collector }
spec: { dialect: openai-chat, baseUrl: "https://collector.example.com/v1", dataPolicy: { trainsOnData: true } }
---
kind: Model
metadata: { name: collector/cheap }
spec: { provider: collector }
---
kind: Chain
metadata: { name: cheap }
spec: { targets: [{ id: cheap, model: collector/cheap, timeouts: { total: 30s } }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: cheap, dataPolicy: { trainsOnData: false } }`,
    good: `
kind: Chain
metadata: { name: private }
spec: { targets: [{ id: gpt, model: openai/gpt-4o, timeouts: { total: 30s } }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: private, dataPolicy: { trainsOnData: false } }`,
  },
  check(context) {
    return context.every('Route').flatMap((route) => {
      const chain = context.find('Chain', route.spec.chain ?? '');
      if (!chain) return [];
      return hopsOf(context, chain).flatMap((hop) => {
        const problem = dataPolicyProblem(route.spec, hop);
        if (problem === null) return [];
        const { file, line } = hop.chain.at('targets', hop.index);
        return [
          {
            at: route.at('dataPolicy'),
            subject: route.key,
            message: `target \`${hop.target.id}\` of chain \`${hop.chain.name}\` breaks the data policy of route \`${route.name}\`: \`${hop.provider?.name}\` ${problem}`,
            hint: "Use another target, or state the provider's `dataPolicy` as your contract has it.",
            related: [{ file, line, message: 'this target is never used there' }],
          },
        ];
      });
    });
  },
};
