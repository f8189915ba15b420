import { parseShare } from '#core';
import type { Rule } from '../rule.ts';

/** A warning that comes when it is too late. */
export const alertSingleThreshold: Rule = {
  meta: {
    id: 'alert/single-threshold',
    severity: 'warn',
    summary: 'A budget or its alerts speak up only when everything is spent.',
    why: 'At 100 % requests are already refused: nobody had time to raise the limit, to find the loop, or to warn the team.',
    bad: `
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, alertAt: [100%], onExhausted: deny }`,
    good: `
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, alertAt: [80%, 100%], onExhausted: deny }`,
  },
  check({ every }) {
    const late = every('Budget').filter(({ spec }) => spec.alertAt?.length && spec.alertAt.every(isLate));
    const fromBudgets = late.map((budget) => ({
      at: budget.at('alertAt'),
      subject: budget.key,
      message: `budget \`${budget.name}\` raises its first alert when everything is spent`,
      hint: 'Add an earlier share, such as `alertAt: [80%, 100%]`.',
    }));
    const alerts = every('Alert').filter(({ spec }) => spec.when.metric === 'budget-used');
    const fromAlerts = alerts
      .filter(({ spec }) => isLate(spec.when.above ?? ''))
      .filter(
        ({ spec }) =>
          !alerts.some((other) => other.spec.when.budget === spec.when.budget && !isLate(other.spec.when.above ?? '')),
      )
      .map((alert) => ({
        at: alert.at('when', 'above'),
        subject: alert.key,
        message: `alert \`${alert.name}\` is the first one on budget \`${alert.spec.when.budget}\` and fires when everything is spent`,
        hint: 'Lower `above`, or add a second alert at 80%.',
      }));
    return [...fromBudgets, ...fromAlerts];
  },
};

function isLate(share: string): boolean {
  return (parseShare(share) ?? 0) >= 1;
}
