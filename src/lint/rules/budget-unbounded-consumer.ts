import type { ConsumerSpec } from '#snapshot';
import { coversCaller, lineOf } from '../budget-cover.ts';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

/** An open wallet. */
export const budgetUnboundedConsumer: Rule = {
  meta: {
    id: 'budget/unbounded-consumer',
    severity: 'warn',
    summary: 'A consumer can call, and no budget counts what it does.',
    why: 'A loop in a script, or a stolen key, spends without an end. A budget of a parent counts, and so does one over requests or tokens.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2099-06-01 }] }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2099-06-01 }] }
---
kind: Budget
metadata: { name: product-month }
spec: { scope: { consumers: [product-team] }, limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    waive: 'For consumers whose spending is limited at the provider.',
  },
  check(context) {
    if (context.unreadKinds.has('Budget')) return [];
    const anonymous = context.every('Project')[0]?.spec.anonymous;
    return context
      .every('Consumer')
      .filter(({ name, spec }) => (spec.keys?.length ?? 0) > 0 || name === anonymous)
      .filter((consumer) => !isBounded(consumer, context))
      .map((consumer) => ({
        at: consumer.atName(),
        subject: consumer.key,
        message: `no budget counts what consumer \`${consumer.name}\` does`,
        hint: 'Add a Budget whose `scope.consumers` names it, or give it a `parent` that has one.',
      }));
  },
};

/** A scope that narrows by route, model or metadata still leaves the rest open, but says that somebody thought of it. */
function isBounded(consumer: Item<ConsumerSpec>, context: LintContext): boolean {
  const line = lineOf(consumer, context);
  return context
    .every('Budget')
    .some(({ spec }) => line.some((_, from) => coversCaller(spec.scope ?? {}, line.slice(from))));
}
