import type { Rule } from '../rule.ts';

/** A key that lives for ever. */
export const keyNoExpiry: Rule = {
  meta: {
    id: 'key/no-expiry',
    severity: 'warn',
    summary: 'A consumer key has no end.',
    why: 'Access that nobody remembers is access that nobody takes away.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02 }] }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2027-06-01 }] }`,
    waive: 'When the key is rotated by another system that removes it here.',
  },
  check({ every }) {
    return every('Consumer').flatMap((consumer) =>
      (consumer.spec.keys ?? []).flatMap((key, index) => {
        if (key.expiresAt !== undefined) return [];
        return [
          {
            at: consumer.atKey('keys', index, 'id'),
            subject: consumer.key,
            message: `key \`${key.id}\` of consumer \`${consumer.name}\` never expires`,
            hint: 'Add `expiresAt: YYYY-MM-DD`; a bare date ends at 00:00 UTC of that day.',
          },
        ];
      }),
    );
  },
};
