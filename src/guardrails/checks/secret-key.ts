import { findSecrets } from '#core';
import type { Check } from '../check.ts';
import { holdWord } from '../hold.ts';

/** Keys and tokens of services. */
export const secretKey: Check = {
  name: 'secret-key',
  summary:
    'Keys and tokens of services by the prefixes that these give them, as `sk-`, `ghp_`, `AKIA`, `xoxb-`; the shapes are those that logs are cleaned by.',
  limits: 'A key without a prefix of its own is not found; `credential-assignment` finds those that are given a name.',
  compile: () => ({ kind: 'spans', label: 'SECRET', reach: 4096, hold: holdWord, find: (text) => findSecrets(text) }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Use AKIAIOSFODNN7EXAMPLE for it.' },
    miss: { kind: 'text', text: 'Use the key sk-1 for it.' },
  },
};
