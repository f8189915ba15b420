import { asArray, asObject, asString, type JsonObject } from '#core';
import type { ParsedPolicies } from '#policy';
import { enteredChains } from '../hops.ts';
import type { Rule } from '../rule.ts';

/** A target that no test has ever reached. */
export const fallbackUntestedHop: Rule = {
  meta: {
    id: 'fallback/untested-hop',
    severity: 'info',
    summary: 'The tree has tests, and none of them expects this target of a chain to be called.',
    why: 'A fallback is run on the worst day of the year. Whether it is reached, and what it costs then, a test says in a second.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Test
metadata: { name: premium }
spec:
  cases:
    - name: the first target answers
      request: { model: gpt-4o }
      expect: { target: premium/gpt }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Test
metadata: { name: premium }
spec:
  cases:
    - name: a wrong key falls back
      request: { model: gpt-4o }
      upstream: { gpt: [{ status: 401 }] }
      expect: { target: premium/claude, attempts: [gpt, claude] }`,
    options:
      'Read are `target` and `attempts` of `expect`; targets that an environment adds do not count, nor those of chains that no route and no budget enters.',
  },
  check(context) {
    const reached = reachedTargets(context.parsed);
    if (reached === null || context.unreadKinds.has('Test')) return [];
    const entered = enteredChains(context);
    return context.every('Chain').flatMap((chain) =>
      chain.spec.targets.flatMap(({ id, chain: nested }, index) => {
        const written = chain.at('targets', index);
        if (nested !== undefined || !entered.has(chain.name) || written.file !== chain.atName().file) return [];
        if (reached.has(id) || reached.has(`${chain.name}/${id}`)) return [];
        return [
          {
            at: chain.at('targets', index, 'id'),
            subject: chain.key,
            message: `no test reaches target \`${id}\` of chain \`${chain.name}\``,
            hint: `Add a case in which the targets before it fail, with \`expect: { target: ${chain.name}/${id} }\`.`,
          },
        ];
      }),
    );
  },
};

/** Targets that tests expect to be called, as they name them; null without any test. */
function reachedTargets({ documents }: ParsedPolicies): ReadonlySet<string> | null {
  const cases: readonly JsonObject[] = documents
    .filter(({ kind }) => kind === 'Test')
    .flatMap(({ value }) => asArray(asObject(value.spec).cases).map(asObject));
  if (cases.length === 0) return null;
  return new Set(
    cases.flatMap(({ expect }) => {
      const { target, attempts } = asObject(expect);
      return [asString(target), ...asArray(attempts).map(asString)].filter((name) => name !== undefined);
    }),
  );
}
