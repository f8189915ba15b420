import type { Rule } from '../rule.ts';

/** A change that changes nothing. */
export const envNoOpOverride: Rule = {
  meta: {
    id: 'env/no-op-override',
    severity: 'info',
    summary: 'An environment sets a field to the value that it has anyway.',
    why: 'The reader believes that the environments differ there. And when the document changes, this environment stays behind without anybody having meant it.',
    bad: `
kind: Environment
metadata: { name: staging }
spec: { overrides: [{ target: Chain/premium, path: maxAttempts, set: 5 }] }
---
kind: Chain
metadata: { name: premium }
spec: { maxAttempts: 5, defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }`,
    good: `
kind: Environment
metadata: { name: staging }
spec: { overrides: [{ target: Chain/premium, path: maxAttempts, set: 3 }] }
---
kind: Chain
metadata: { name: premium }
spec: { maxAttempts: 5, defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }`,
    waive: 'When the value is to stay as it is in this environment, whatever the document will say.',
  },
  check({ environment, compiled }) {
    const own = compiled.find((each) => each.environment === environment);
    return (own?.documents ?? []).flatMap((document) =>
      (document.idleOperations ?? []).map(({ path, span }) => ({
        at: span,
        subject: `Environment/${environment}`,
        message: `this leaves \`${path}\` of ${document.kind}/${document.name} as it is`,
        hint: 'Remove the operation.',
      })),
    );
  },
};
