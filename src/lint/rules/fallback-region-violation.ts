import { leavesResidency } from '../hop-gates.ts';
import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A target outside of where requests may go. */
export const fallbackRegionViolation: Rule = {
  meta: {
    id: 'fallback/region-violation',
    severity: 'error',
    summary: "A target's provider is outside of its route's `residency`, or says no region.",
    why: 'The gateway skips such a target, so the fallback is not there when it is needed; whoever removes the residency to repair that has a breach. A provider that states no region cannot satisfy one.',
    bad: `
kind: Chain
metadata: { name: eu }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: mistral, model: mistral/mistral-large-2512 }
    - { id: gpt, model: openai/gpt-4o }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: eu, residency: [eu] }`,
    good: `
kind: Chain
metadata: { name: eu }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: mistral, model: mistral/mistral-large-2512 }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: eu, residency: [eu] }`,
  },
  check(context) {
    return context.every('Route').flatMap((route) => {
      const { residency } = route.spec;
      const chain = context.find('Chain', route.spec.chain ?? '');
      if (!residency || !chain) return [];
      return hopsOf(context, chain).flatMap((hop) => {
        if (!hop.provider || !leavesResidency(route.spec, hop)) return [];
        const { region } = hop.provider.spec;
        const { file, line } = hop.chain.at('targets', hop.index);
        return [
          {
            at: route.at('residency'),
            subject: route.key,
            message: `route \`${route.name}\` stays in ${residency.join(', ')}, but target \`${hop.target.id}\` of chain \`${hop.chain.name}\` is at \`${hop.provider.name}\` (${region ?? 'no region given'})`,
            hint: "Use a chain of its own for the route, or state the provider's region.",
            related: [{ file, line, message: 'this target is never used there' }],
          },
        ];
      });
    });
  },
};
