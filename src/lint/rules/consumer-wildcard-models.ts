import type { Rule } from '../rule.ts';

/** Every model, those of next year too. */
export const consumerWildcardModels: Rule = {
  meta: {
    id: 'consumer/wildcard-models',
    severity: 'warn',
    summary: 'A consumer with a key may use every model.',
    why: 'The next model of the catalogue, at ten times the price, is allowed on the day it appears, and nobody has decided it.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2099-06-01 }] }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec:
  keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2099-06-01 }]
  allow: { models: [openai/gpt-4o, "anthropic/claude-sonnet-*"] }`,
    waive: 'For an administrator, or where every route names its chain and the chains are the limit.',
  },
  check({ every }) {
    return every('Consumer').flatMap((consumer) => {
      const { keys = [], allow } = consumer.spec;
      const star = allow?.models?.indexOf('*') ?? -1;
      if (keys.length === 0 || (allow?.models && star < 0)) return [];
      return [
        {
          at: star < 0 ? (allow ? consumer.atKey('allow') : consumer.atName()) : consumer.at('allow', 'models', star),
          subject: consumer.key,
          message: `consumer \`${consumer.name}\` may use every model, also those that are still to come`,
          hint: 'List what it needs in `allow.models`; `provider/*` is a list too.',
        },
      ];
    });
  },
};
