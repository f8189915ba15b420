import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A target that is its own fallback. */
export const fallbackSelf: Rule = {
  meta: {
    id: 'fallback/self',
    severity: 'error',
    summary: 'A chain falls back to a model it has already tried.',
    why: 'When the model fails, the same model is asked again under another name: retries disguised as resilience. In a `weighted` chain the same model may stand twice, with different parameters.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: first, model: openai/gpt-4o }
    - { id: again, model: openai/gpt-4o }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s }, retry: { max: 2 } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
    waive: 'When the second attempt differs in its `params` and that is the point.',
  },
  check(context) {
    return context.every('Chain').flatMap((chain) => {
      if (chain.spec.strategy === 'weighted') return [];
      const seen = new Map<string, number>();
      return hopsOf(context, chain).flatMap(({ via, target }) => {
        const name = target.model ?? `${target.provider}/*`;
        const first = seen.get(name);
        if (first === undefined) seen.set(name, via);
        // Twice below one nested chain is that chain's own finding.
        if (first === undefined || first === via) return [];
        const before = chain.at('targets', first);
        const what = target.model === undefined ? `provider \`${target.provider}\`` : `\`${target.model}\``;
        return [
          {
            at: chain.at('targets', via, ...targetField(chain.spec.targets[via])),
            subject: chain.key,
            message: `chain \`${chain.name}\` falls back to ${what}, which it has already tried`,
            hint: 'Name another model, or raise `retry.max` of the first target.',
            related: [{ file: before.file, line: before.line, message: 'tried here first' }],
          },
        ];
      });
    });
  },
};

function targetField(target: object | undefined): readonly string[] {
  return ['model', 'provider', 'chain'].filter((field) => target && field in target).slice(0, 1);
}
