import type { Rule } from '../rule.ts';

/** A key of unknown age. */
export const keyAgeUnknown: Rule = {
  meta: {
    id: 'key/age-unknown',
    severity: 'warn',
    summary: 'A consumer key does not say when it was made.',
    why: 'Without the date nobody can tell whether the key is due for rotation, and `key/rotation-overdue` stays silent.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, expiresAt: 2027-06-01 }] }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2027-06-01 }] }`,
  },
  check({ every }) {
    return every('Consumer').flatMap((consumer) =>
      (consumer.spec.keys ?? []).flatMap((key, index) => {
        if (key.createdAt !== undefined) return [];
        return [
          {
            at: consumer.atKey('keys', index, 'id'),
            subject: consumer.key,
            message: `key \`${key.id}\` of consumer \`${consumer.name}\` does not say when it was made`,
            hint: 'Add `createdAt: YYYY-MM-DD`.',
          },
        ];
      }),
    );
  },
};
