import { asArray, asObject, asString } from '#core';
import type { Compiled, EffectiveDocument } from '#policy';
import { startOfDate } from '../dates.ts';
import { productionBeside } from '../environments.ts';
import type { Rule } from '../rule.ts';

/** One consumer key that production and another environment know. */
export const envSharedConsumerKey: Rule = {
  meta: {
    id: 'env/shared-consumer-key',
    severity: 'warn',
    summary: 'Production and another environment know the same consumer key.',
    why: 'A key that stands in the settings of every laptop and test run opens production too: whoever finds it there spends what customers need. Keys are compared by their digests.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { keys: [{ id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2027-06-01 }] }
---
kind: Environment
metadata: { name: production }
---
kind: Environment
metadata: { name: staging }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec:
  keys:
    - { id: k1, sha256: 92a671a73049c9f36ee588eb7b9bb4718e405848ff95c4609e08ef9862313b56, createdAt: 2026-11-02, expiresAt: 2027-06-01, environments: [production] }
    - { id: k2, sha256: 56fed15e0bf56f7e7e0011484a7d6f472dfadfba778ae3621becb7b94b737cbc, createdAt: 2026-11-02, expiresAt: 2027-06-01, environments: [staging] }
---
kind: Environment
metadata: { name: production }
---
kind: Environment
metadata: { name: staging }`,
    waive: 'When the other environment is production too, such as a second region under a name of its own.',
  },
  check(context) {
    const { environment, nowMs } = context;
    const keys = productionBeside(context, (world) => Map.groupBy(keysOf(world, nowMs), ({ digest }) => digest));
    if (keys === null) return [];
    return [...keys.own.values()].flat().flatMap(({ document, index, id, digest }) => {
      const sharing = keys.others.filter(({ found }) => found.has(digest)).map(({ name }) => name);
      if (sharing.length === 0) return [];
      return [
        {
          at: document.valueSpan(['spec', 'keys', index, 'sha256']),
          subject: `Consumer/${document.name}`,
          message: `key \`${id}\` of consumer \`${document.name}\` is known in ${environment} and in ${sharing.join(', ')}`,
          hint: `Keep it to one by \`environments: [${environment}]\`, and make another for the rest: \`signalbox keys create ${document.name} --for ${sharing.join(' ')}\`.`,
        },
      ];
    });
  },
};

interface KnownKey {
  readonly document: EffectiveDocument;
  readonly index: number;
  readonly id: string;
  readonly digest: string;
}

/** The keys that open an environment now. */
function keysOf({ environment, documents }: Compiled, nowMs: number): readonly KnownKey[] {
  return documents
    .filter(({ kind }) => kind === 'Consumer')
    .flatMap((document) =>
      asArray(asObject(document.value.spec).keys).flatMap((value, index) => {
        const { id, sha256, expiresAt, environments } = asObject(value);
        const expiresMs = startOfDate(expiresAt);
        if (expiresMs !== null && expiresMs <= nowMs) return [];
        if (environments !== undefined && !asArray(environments).includes(environment)) return [];
        return [{ document, index, id: asString(id) ?? '', digest: (asString(sha256) ?? '').toLowerCase() }];
      }),
    );
}
