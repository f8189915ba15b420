import { daysSince, startOfDate } from '../dates.ts';
import { hopsOf } from '../hops.ts';
import { daysOf, optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const NOTICE_DAYS = 60;

/** An outage with a date. */
export const modelDeprecated: Rule = {
  meta: {
    id: 'model/deprecated',
    severity: 'warn',
    summary: `A chain uses a model that is retired within ${NOTICE_DAYS} days, or already is.`,
    why: 'The day is known, and so is what happens on it: every call to the model fails.',
    bad: `
kind: Model
metadata: { name: openai/old }
spec: { provider: openai, retiresAt: 2020-01-01 }
---
kind: Chain
metadata: { name: premium }
spec: { targets: [{ id: old, model: openai/old, timeouts: { total: 30s } }] }`,
    good: `
kind: Model
metadata: { name: openai/old }
spec: { provider: openai, retiresAt: 2099-01-01 }
---
kind: Chain
metadata: { name: premium }
spec: { targets: [{ id: old, model: openai/old, timeouts: { total: 30s } }] }`,
    options: `\`notice\`, ${NOTICE_DAYS} days unless set: how long before the model's \`retiresAt\`.`,
    set: '{ notice: 90d }',
    waive: 'When the replacement is planned for a day before.',
  },
  check(context) {
    const notice = daysOf(optionsOf(context, 'model/deprecated').notice, NOTICE_DAYS);
    return context.every('Chain').flatMap((chain) =>
      hopsOf(context, chain).flatMap((hop) => {
        const retiresMs = startOfDate(hop.model?.spec.retiresAt);
        if (hop.chain !== chain || retiresMs === null) return [];
        const daysLeft = -daysSince(retiresMs, context.nowMs);
        if (daysLeft > notice) return [];
        const day = String(hop.model?.spec.retiresAt).slice(0, 10);
        return [
          {
            at: chain.at('targets', hop.index, 'model'),
            subject: chain.key,
            message: `\`${hop.target.model}\` ${daysLeft > 0 ? `is retired on ${day}, in ${daysLeft} days` : `was retired on ${day}`}`,
            hint: 'Move the chain to a current model.',
          },
        ];
      }),
    );
  },
};
