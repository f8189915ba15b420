import { daysSince, startOfDate } from '../dates.ts';
import { daysOf, optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const MAX_AGE_DAYS = 120;

/** Budgets by the prices of last year. */
export const priceStale: Rule = {
  meta: {
    id: 'price/stale',
    severity: 'warn',
    summary: `The prices of a model in the policies were last read more than ${MAX_AGE_DAYS} days ago.`,
    why: 'Providers change prices every few months; a budget counts with what stands here. Looked at is the newest row; prices of the built-in catalogue come with the version.',
    bad: `
kind: Model
metadata: { name: openai/gpt-4o }
spec: { prices: [{ from: 2020-01-01, input: "2.50", output: "10.00", readAt: 2020-01-01 }] }`,
    good: `
kind: Model
metadata: { name: openai/gpt-4o }
spec: { prices: [{ from: 2026-01-01, input: "2.50", output: "10.00", readAt: 2026-11-01 }] }`,
    options: `\`age\`, ${MAX_AGE_DAYS} days unless set.`,
    set: '{ age: 90d }',
    waive: 'When a contract fixes the price until a certain day.',
  },
  check({ every, nowMs }) {
    const most = daysOf(optionsOf({ every }, 'price/stale').age, MAX_AGE_DAYS);
    return every('Model')
      .filter(({ isOwn }) => isOwn)
      .flatMap((model) => {
        const rows = (model.spec.prices ?? []).map((row, index) => ({ index, readMs: startOfDate(row.readAt) }));
        const newest = rows.filter(({ readMs }) => readMs !== null).at(-1);
        // Rows of the catalogue below a document that changes something else are as old as the version.
        if (!newest || newest.readMs === null || model.at('prices').file !== model.atName().file) return [];
        const age = daysSince(newest.readMs, nowMs);
        if (age <= most) return [];
        return [
          {
            at: model.at('prices', newest.index, 'readAt'),
            subject: model.key,
            message: `the price of \`${model.name}\` was last read ${age} days ago`,
            hint: 'Read it again at its `source` and set `readAt`; a new price is a new row with `from`.',
          },
        ];
      });
  },
};
