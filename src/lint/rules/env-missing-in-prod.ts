import { asArray, asObject, asString } from '#core';
import { isProduction } from '../environments.ts';
import type { Rule } from '../rule.ts';

/** A promotion that was forgotten. */
export const envMissingInProd: Rule = {
  meta: {
    id: 'env/missing-in-prod',
    severity: 'warn',
    summary: 'A document exists in some environments but not in production, and does not say why.',
    why: 'Most likely it was tried in staging and never promoted: everybody believes that customers have it. `metadata.reason` says that it is meant.',
    bad: `
kind: Guardrail
metadata: { name: cards, environments: [staging] }
spec: { checks: [{ id: card, check: credit-card, action: block }] }
---
kind: Environment
metadata: { name: staging }
---
kind: Environment
metadata: { name: production }`,
    good: `
kind: Guardrail
metadata: { name: cards, environments: [staging], reason: Tried for a month before customers get it. }
spec: { checks: [{ id: card, check: credit-card, action: block }] }
---
kind: Environment
metadata: { name: staging }
---
kind: Environment
metadata: { name: production }`,
  },
  scope: 'tree',
  check({ parsed: { documents } }) {
    const production = documents.find(({ kind, name }) => kind === 'Environment' && isProduction(name))?.name;
    if (production === undefined) return [];
    const inProduction = new Set(
      documents.filter(({ value }) => isIn(value.metadata, production)).map(({ kind, name }) => `${kind}/${name}`),
    );
    return documents
      .filter(({ kind, name }) => !inProduction.has(`${kind}/${name}`))
      .filter(({ value }) => !asString(asObject(value.metadata).reason))
      .map((document) => ({
        at: document.valueSpan(['metadata', 'environments']),
        subject: `${document.kind}/${document.name}`,
        message: `${document.kind} \`${document.name}\` does not exist in ${production}`,
        hint: `Add \`${production}\` to its environments, or say in \`metadata.reason\` why it is left out.`,
      }));
  },
};

/** A document that lists no environments is in all of them. */
function isIn(metadata: unknown, environment: string): boolean {
  const { environments } = asObject(metadata);
  return environments === undefined || asArray(environments).includes(environment);
}
