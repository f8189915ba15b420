import { findSecretReferences } from '#policy';
import type { Rule } from '../rule.ts';

/** A store that nothing refers to. */
export const secretStoreUnused: Rule = {
  meta: {
    id: 'secret/store-unused',
    severity: 'info',
    summary: 'No document takes a secret from this store, in any environment.',
    why: 'It is a right that the gateway has and does not need, and reads as if keys came from there.',
    bad: `
kind: Project
metadata: { name: example-company }
spec: { secretStores: { aws: { kind: aws-secrets-manager, region: eu-central-1 } } }`,
    good: `
kind: Project
metadata: { name: example-company }
spec: { secretStores: { aws: { kind: aws-secrets-manager, region: eu-central-1 } } }
---
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { store: aws, key: openai-key } } }`,
    waive: 'When the store is prepared for a change that is about to come.',
  },
  check({ every, compiled, unreadKinds }) {
    // The document that names it may be one of those that could not be read.
    if (unreadKinds.size > 0) return [];
    const everywhere = compiled.flatMap((each) => each.documents);
    const used = new Set(
      everywhere.flatMap(({ value }) => findSecretReferences(value.spec).flatMap(({ store }) => store ?? [])),
    );
    return every('Project').flatMap((project) =>
      Object.keys(project.spec.secretStores ?? {})
        .filter((name) => !used.has(name))
        .map((name) => ({
          at: project.atKey('secretStores', name),
          subject: project.key,
          message: `nothing takes a secret from the store \`${name}\``,
          hint: 'Remove it, and the right that it stands for.',
        })),
    );
  },
};
