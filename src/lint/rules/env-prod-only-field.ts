import { asArray, asObject, asString, isObject } from '#core';
import type { ParsedDocument } from '#policy';
import { isProduction } from '../environments.ts';
import type { Rule } from '../rule.ts';

/** Something that is tried for the first time in production. */
export const envProdOnlyField: Rule = {
  meta: {
    id: 'env/prod-only-field',
    severity: 'warn',
    summary: 'Production changes a field that no other environment changes.',
    why: 'What staging runs is then not what production runs: the value is read for the first time by customers. Secrets are left out, since they have to differ.',
    bad: `
kind: Environment
metadata: { name: production }
spec: { overrides: [{ target: Chain/premium, path: maxAttempts, set: 3 }] }
---
kind: Environment
metadata: { name: staging }
---
kind: Chain
metadata: { name: premium }
spec: { maxAttempts: 5, defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }`,
    good: `
kind: Environment
metadata: { name: production }
spec: { overrides: [{ target: Chain/premium, path: maxAttempts, set: 3 }] }
---
kind: Environment
metadata: { name: staging }
spec: { overrides: [{ target: Chain/premium, path: maxAttempts, set: 3 }] }
---
kind: Chain
metadata: { name: premium }
spec: { maxAttempts: 5, defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }`,
    waive: 'When the field means nothing outside of production.',
  },
  scope: 'tree',
  check({ parsed }) {
    const environments = parsed.documents.filter(({ kind }) => kind === 'Environment');
    const others = environments.filter(({ name }) => !isProduction(name));
    if (others.length === 0) return [];
    const exercised = others.flatMap((environment) => overridesOf(environment));
    return environments
      .filter(({ name }) => isProduction(name))
      .flatMap((environment) =>
        overridesOf(environment)
          .filter(({ isSecret }) => !isSecret)
          .filter(({ target, path }) => !exercised.some((other) => other.target === target && meet(other.path, path)))
          .map(({ target, path, index }) => ({
            at: environment.valueSpan(['spec', 'overrides', index, 'path']),
            subject: `Environment/${environment.name}`,
            message: `${environment.name} changes \`${path}\` of ${target}, and no other environment does`,
            hint: 'Make the same change in staging, or move it into the document itself.',
          })),
      );
  },
};

interface Change {
  readonly index: number;
  readonly target: string;
  readonly path: string;
  readonly isSecret: boolean;
}

function overridesOf(environment: ParsedDocument): readonly Change[] {
  return asArray(asObject(environment.value.spec).overrides).map((raw, index) => {
    const override = asObject(raw);
    const value = override.set ?? override.value;
    const path = asString(override.path) ?? '';
    const isReference = isObject(value) && ('env' in value || 'file' in value || 'store' in value);
    return {
      index,
      target: asString(override.target) ?? '',
      path,
      isSecret: isReference || /(^|\.)secrets?\b/.test(path),
    };
  });
}

/** Whether one path leads to the other's node or into it. */
function meet(a: string, b: string): boolean {
  const holds = (outer: string, inner: string): boolean =>
    inner === outer || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
  return holds(a, b) || holds(b, a);
}
