import type { Rule } from '../rule.ts';

const MIN_DAYS = 7;

/** An alert that has never had anything to say. */
export const alertNeverFired: Rule = {
  meta: {
    id: 'alert/never-fired',
    severity: 'warn',
    needs: 'traffic',
    summary: 'The alert would not have fired once in the recorded time.',
    why: 'Either all is well, or the threshold is where nothing ever gets: nobody can tell which, until it would have been needed.',
    bad: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: quiet }
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
      'Told with `--traffic` only, for alerts that requests decide, where the recording says what they look at; `signalbox alerts backtest` shows each time. From seven recorded days on.',
    waive: 'When nothing was wrong in the recorded time.',
  },
  check({ every, evidence }) {
    if (!evidence) return [];
    return every('Alert').flatMap((alert) => {
      const fired = evidence.alerts.get(alert.name);
      if (fired === undefined || fired !== 0 || evidence.days < MIN_DAYS) return [];
      return [
        {
          at: alert.at('when'),
          subject: alert.key,
          message: `alert \`${alert.name}\` would not have fired in ${Math.round(evidence.days)} recorded days`,
          hint: 'Lower the threshold, or be glad and waive it.',
        },
      ];
    });
  },
};
