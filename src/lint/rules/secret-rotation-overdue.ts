import { asString } from '#core';
import { findSecretReferences } from '#policy';
import { daysSince, startOfDate } from '../dates.ts';
import type { Rule } from '../rule.ts';

const MAX_AGE_DAYS = 90;

/** A secret that should have been replaced. */
export const secretRotationOverdue: Rule = {
  meta: {
    id: 'secret/rotation-overdue',
    severity: 'warn',
    summary: `A secret was made more than ${MAX_AGE_DAYS} days ago, as its \`createdAt\` says.`,
    why: 'The key of a provider spends money wherever it turns up: in an old image, a backup, the notes of somebody who has left. Replacing it ends all of them at once. References without `createdAt` are not looked at; a secret store may know the age itself, and an alert on `key-age` tells it.',
    bad: `
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { env: OPENAI_API_KEY, createdAt: 2020-01-01 } } }`,
    good: `
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { env: OPENAI_API_KEY, createdAt: 2026-11-02 } } }`,
    options: `The limit is ${MAX_AGE_DAYS} days.`,
    waive: 'When a secret cannot be replaced before a certain day.',
  },
  check({ documents, nowMs }) {
    return documents.flatMap((item) =>
      findSecretReferences(item.spec, []).flatMap(({ path, id, value }) => {
        const createdMs = startOfDate(asString(value.createdAt));
        if (createdMs === null) return [];
        const age = daysSince(createdMs, nowMs);
        if (age <= MAX_AGE_DAYS) return [];
        return [
          {
            at: item.at(...path, 'createdAt'),
            subject: item.key,
            message: `the secret \`${id}\` is ${age} days old; at most ${MAX_AGE_DAYS} are meant`,
            hint: 'Make a new one where it comes from, put it in place, withdraw the old one, then write the new day.',
          },
        ];
      }),
    );
  },
};
