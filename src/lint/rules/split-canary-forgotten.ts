import { daysOf, optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const SMALL_WEIGHT = 10;
const MAX_DAYS = 30;

/** An experiment that nobody ended. */
export const splitCanaryForgotten: Rule = {
  meta: {
    id: 'split/canary-forgotten',
    severity: 'warn',
    summary: `A target has a weight under ${SMALL_WEIGHT} that nobody has changed for more than ${MAX_DAYS} days.`,
    why: 'A few requests in a hundred still go to the model that was tried in spring. Nobody reads its answers any more, and it keeps a key, a price and an outage of its own.',
    bad: `
kind: Chain
metadata: { name: assistant }
spec:
  strategy: weighted
  sticky: session
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 95 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 5 }`,
    good: `
kind: Chain
metadata: { name: assistant }
spec:
  strategy: weighted
  sticky: session
  defaults: { timeouts: { total: 30s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 50 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 50 }`,
    options: `\`weight\`, ${SMALL_WEIGHT} unless set: looked at are weights under it but over 0. \`age\`, ${MAX_DAYS} days unless set, since the commit of the line. Without git, or for a line that is not committed, nothing is said.`,
    set: '{ weight: 5, age: 14d }',
    waive: 'When a small share is the aim, such as for a comparison that goes on.',
  },
  check(context) {
    const { weight: small = SMALL_WEIGHT, age } = optionsOf(context, 'split/canary-forgotten');
    const most = daysOf(age, MAX_DAYS);
    return context.every('Chain').flatMap((chain) => {
      if (chain.spec.strategy !== 'weighted') return [];
      return chain.spec.targets.flatMap(({ id, weight = 0 }, index) => {
        const at = chain.at('targets', index, 'weight');
        const days = weight > 0 && weight < small ? context.daysUnchanged(at) : null;
        if (days === null || days <= most) return [];
        return [
          {
            at,
            subject: chain.key,
            message: `target \`${id}\` of chain \`${chain.name}\` has had a share of ${weight} % for ${days} days`,
            hint: 'Raise the weight, or remove the target.',
          },
        ];
      });
    });
  },
};
