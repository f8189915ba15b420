import type { Rule } from '../rule.ts';

const MAX_PER_DAY = 5;

/** An alert that nobody reads any more. */
export const alertFlapping: Rule = {
  meta: {
    id: 'alert/flapping',
    severity: 'warn',
    needs: 'traffic',
    summary: 'The alert would have fired more than five times a day.',
    why: 'On the third day it is muted, and the real outage is muted with it.',
    bad: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: noisy }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
    good: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: useful }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
    options:
      'Told with `--traffic` only, for alerts that requests decide, where the recording says what they look at; `signalbox alerts backtest` shows each time.',
    waive: 'When somebody is paid to look at each.',
  },
  check({ every, evidence }) {
    if (!evidence) return [];
    return every('Alert').flatMap((alert) => {
      const fired = evidence.alerts.get(alert.name);
      if (fired === undefined || fired / Math.max(1, evidence.days) <= MAX_PER_DAY) return [];
      return [
        {
          at: alert.at('when'),
          subject: alert.key,
          message: `alert \`${alert.name}\` would have fired ${fired} times in ${Math.round(evidence.days)} recorded days`,
          hint: 'Raise the threshold, or ask for it to hold longer with `for`.',
        },
      ];
    });
  },
};
