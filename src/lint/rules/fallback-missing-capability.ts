import type { Capability, Endpoint } from '#core';
import type { LintContext } from '../context.ts';
import { type Hop, hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** What a request can need so that a model without it cannot answer; the rest (`system`, `prompt-cache`, …) degrades gracefully. */
const NEEDED: readonly Capability[] = [
  ...(['tools', 'vision', 'audio-input', 'audio-output', 'documents', 'json-schema', 'streaming'] as const),
  ...(['embeddings', 'images', 'moderation', 'rerank'] as const),
];
const ONE_OF_A_KIND: Readonly<Partial<Record<Endpoint, readonly Capability[]>>> = {
  embeddings: ['embeddings'],
  images: ['images'],
  moderations: ['moderation'],
  rerank: ['rerank'],
};

/** A fallback that cannot do what the first target can. */
export const fallbackMissingCapability: Rule = {
  meta: {
    id: 'fallback/missing-capability',
    severity: 'error',
    summary:
      'A fallback lacks tools, vision, audio, documents, JSON Schema, streaming or the kind of output that the first target has.',
    why: 'During the outage, exactly the requests that need the capability fail or lose it. A route admits what the first target of its chain can do, unless its `endpoints` narrow that.',
    bad: `
kind: Model
metadata: { name: openai/blind }
spec: { provider: openai, capabilities: [streaming, system] }
---
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: blind, model: openai/blind }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }`,
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
spec: { match: {}, chain: premium }`,
    waive: 'When the callers of the chain never use the capability.',
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      const hops = hopsOf(context, chain);
      const admitted = admittedBy(context, chain.name, hops[0]);
      return hops.slice(1).flatMap((hop) => {
        const own = hop.model?.spec.capabilities;
        const missing = admitted.filter((capability) => own && !own.includes(capability));
        // Within a nested chain, what already its first target lacks is told where the chains meet.
        if (!own || missing.length === 0) return [];
        const { file, line } = hops[0]?.chain.at('targets', hops[0].index) ?? chain.atName();
        return [
          {
            at: chain.at('targets', hop.via, ...(hop.chain === chain ? ['model'] : ['chain'])),
            subject: chain.key,
            message: `\`${hop.target.model}\` stands in for \`${hops[0]?.target.model}\` in chain \`${chain.name}\`, but lacks ${missing.join(', ')}`,
            hint: 'Choose a model that has them, or narrow the routes that use the chain by `endpoints`.',
            related: [{ file, line, message: 'the first target can' }],
          },
        ];
      });
    });
  },
};

function admittedBy(context: LintContext, chain: string, first: Hop | undefined): readonly Capability[] {
  const own = first?.model?.spec.capabilities ?? [];
  const routes = context.every('Route').filter(({ spec }) => spec.chain === chain);
  const byRoute = routes.map(({ spec }) => {
    const narrow = (spec.match.endpoints ?? []).map((endpoint) => ONE_OF_A_KIND[endpoint]);
    return narrow.length > 0 && narrow.every((list) => list !== undefined) ? narrow.flat() : NEEDED;
  });
  const wanted = new Set(byRoute.length === 0 ? NEEDED : byRoute.flat());
  return NEEDED.filter((capability) => wanted.has(capability) && own.includes(capability));
}
