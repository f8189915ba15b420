import { daysSince, startOfDate } from '../dates.ts';
import { daysOf, optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const MAX_AGE_DAYS = 90;

/** A key that should have been replaced. */
export const keyRotationOverdue: Rule = {
  meta: {
    id: 'key/rotation-overdue',
    severity: 'warn',
    summary: `A consumer key is older than ${MAX_AGE_DAYS} days.`,
    why: 'The longer a key lives, the more laptops, logs and former colleagues know it.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2020-01-01, expiresAt: 2099-01-01 }] }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k2, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2027-06-01 }] }`,
    options: `\`age\`, ${MAX_AGE_DAYS} days unless set.`,
    set: '{ age: 180d }',
    waive: 'When a key cannot be replaced before a certain day.',
  },
  check({ every, nowMs }) {
    const most = daysOf(optionsOf({ every }, 'key/rotation-overdue').age, MAX_AGE_DAYS);
    return every('Consumer').flatMap((consumer) =>
      (consumer.spec.keys ?? []).flatMap((key, index) => {
        const createdMs = startOfDate(key.createdAt);
        const expiresMs = startOfDate(key.expiresAt);
        // An expired key opens nothing any more.
        if (createdMs === null || (expiresMs !== null && expiresMs <= nowMs)) return [];
        const age = daysSince(createdMs, nowMs);
        if (age <= most) return [];
        return [
          {
            at: consumer.at('keys', index, 'createdAt'),
            subject: consumer.key,
            message: `key \`${key.id}\` of consumer \`${consumer.name}\` is ${age} days old; at most ${most} are meant`,
            hint: 'Add a new key with `signalbox keys create`, move the callers, then remove this one.',
          },
        ];
      }),
    );
  },
};
