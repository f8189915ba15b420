import { asObject } from '#core';
import type { LintContext } from '../context.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** An alert into the void. */
export const alertNoReceiver: Rule = {
  meta: {
    id: 'alert/no-receiver',
    severity: 'error',
    summary: 'An alert or report names no receiver, or a receiver has nobody to tell.',
    why: 'The condition is met, the alert fires, and nobody learns of it. A webhook whose address is optional is no channel by itself: where the variable is not set, there is none.',
    bad: `
kind: Alert
metadata: { name: errors, owner: platform }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [] }`,
    good: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors, owner: platform }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
  },
  check: (context) => [...withoutReceivers(context), ...silentReceivers(context)],
};

function withoutReceivers({ every }: LintContext): readonly RuleFinding[] {
  return [...every('Alert'), ...every('Report')]
    .filter(({ spec }) => spec.to.length === 0)
    .map((item) => ({
      at: item.at('to'),
      subject: item.key,
      message: `\`${item.name}\` tells nobody`,
      hint: 'Name a Receiver in `to`.',
    }));
}

function silentReceivers({ every }: LintContext): readonly RuleFinding[] {
  return every('Receiver').flatMap((receiver) => {
    const { email, webhook } = receiver.spec;
    if (email && email.to.length > 0) return [];
    if (webhook && asObject(webhook.url).optional !== true) return [];
    return [
      {
        at: email ? receiver.at('email', 'to') : receiver.at('webhook', 'url'),
        subject: receiver.key,
        message: email
          ? `receiver \`${receiver.name}\` has an empty list of addresses`
          : `receiver \`${receiver.name}\` has no channel where its webhook's address is not set`,
        hint: 'Give it an e-mail address, or a webhook that is not optional.',
      },
    ];
  });
}
