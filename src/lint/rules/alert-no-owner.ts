import { asString } from '#core';
import type { Rule } from '../rule.ts';

/** An alert that is nobody's. */
export const alertNoOwner: Rule = {
  meta: {
    id: 'alert/no-owner',
    severity: 'warn',
    summary: 'An alert has no owner.',
    why: 'Who is woken by it cannot ask anybody what it is about, and nobody is there to raise a threshold that is too low: it is muted instead.',
    bad: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
    good: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors, owner: platform }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
  },
  check({ every }) {
    return every('Alert')
      .filter(({ metadata }) => !asString(metadata.owner))
      .map((alert) => ({
        at: alert.atName(),
        subject: alert.key,
        message: `alert \`${alert.name}\` belongs to nobody`,
        hint: 'Add `owner:` to its metadata.',
      }));
  },
};
