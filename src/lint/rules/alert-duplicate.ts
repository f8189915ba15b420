import { canonicalJson } from '#core';
import type { Rule } from '../rule.ts';

/** Told twice. */
export const alertDuplicate: Rule = {
  meta: {
    id: 'alert/duplicate',
    severity: 'warn',
    summary: 'Two alerts have the same condition and scope and tell the same receiver.',
    why: 'Every mail comes twice, and soon nobody reads either. When one of them is corrected, the other still says the old.',
    bad: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }
---
kind: Alert
metadata: { name: failures }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
    good: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }
---
kind: Alert
metadata: { name: many-errors }
spec: { when: { metric: error-rate, above: 25%, over: 5m }, to: [ops] }`,
  },
  check({ every }) {
    const bySense = Map.groupBy(every('Alert'), ({ spec: { when, scope = {} } }) => canonicalJson([when, scope]));
    return [...bySense.values()].flatMap((alerts) =>
      alerts.flatMap((alert, at) => {
        const twin = alerts.slice(0, at).find(({ spec }) => spec.to.some((name) => alert.spec.to.includes(name)));
        if (!twin) return [];
        const { file, line } = twin.at('when');
        const both = alert.spec.to.filter((name) => twin.spec.to.includes(name));
        return [
          {
            at: alert.at('when'),
            subject: alert.key,
            message: `alert \`${alert.name}\` tells ${both.map((name) => `\`${name}\``).join(', ')} the same as alert \`${twin.name}\``,
            hint: 'Remove one of them.',
            related: [{ file, line, message: 'the same condition' }],
          },
        ];
      }),
    );
  },
};
