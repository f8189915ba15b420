import { asObject, asString } from '#core';
import type { Rule } from '../rule.ts';

/** A document nobody answers for. */
export const docMissingOwner: Rule = {
  scope: 'tree',
  meta: {
    id: 'doc/missing-owner',
    severity: 'info',
    summary: 'A document does not say who owns it.',
    why: 'When a limit stops a team or an alert fires at night, somebody has to be asked. Test documents need no owner, and alerts have a rule of their own (`alert/no-owner`).',
    bad: `
kind: Consumer
metadata: { name: product-team }`,
    good: `
kind: Consumer
metadata: { name: product-team, owner: product }`,
  },
  check({ parsed }) {
    return parsed.documents
      .filter(({ kind, value }) => kind !== 'Test' && kind !== 'Alert' && !asString(asObject(value.metadata).owner))
      .map((document) => ({
        at: document.valueSpan(['metadata', 'name']),
        subject: `${document.kind}/${document.name}`,
        message: `${document.kind} \`${document.name}\` has no owner`,
        hint: 'Add `owner:` to its metadata.',
      }));
  },
};
