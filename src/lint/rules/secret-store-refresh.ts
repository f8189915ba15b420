import { parseDuration } from '#core';
import type { Rule } from '../rule.ts';

const SHORTEST_MS = 30_000;
const LONGEST_MS = 24 * 3_600_000;

/** A store that is asked too often, or too seldom. */
export const secretStoreRefresh: Rule = {
  meta: {
    id: 'secret/store-refresh',
    severity: 'warn',
    summary: 'A secret store is asked more than twice a minute, or less than once a day.',
    why: 'Stores of clouds count and charge each call, of each secret and each replica, and refuse beyond a rate. One that is asked too seldom keeps a withdrawn key in service, and a new one out of it.',
    bad: `
kind: Project
metadata: { name: example-company }
spec: { secretStores: { aws: { kind: aws-secrets-manager, region: eu-central-1, refresh: 1s } } }`,
    good: `
kind: Project
metadata: { name: example-company }
spec: { secretStores: { aws: { kind: aws-secrets-manager, region: eu-central-1, refresh: 5m } } }`,
    options:
      'Between 30 seconds and 24 hours. A provider that refuses a key has it asked for at once, whatever `refresh` says.',
    waive: 'When the store is yours and the figure is meant.',
  },
  check({ every }) {
    return every('Project').flatMap((project) =>
      Object.entries(project.spec.secretStores ?? {}).flatMap(([name, { refresh }]) => {
        const ms = refresh === undefined ? null : parseDuration(refresh);
        if (ms === null || (ms >= SHORTEST_MS && ms <= LONGEST_MS)) return [];
        const how = ms < SHORTEST_MS ? 'more than twice a minute' : 'less than once a day';
        return [
          {
            at: project.at('secretStores', name, 'refresh'),
            subject: project.key,
            message: `the secret store \`${name}\` is asked ${how}: every ${refresh}`,
            hint: 'Leave `refresh` out for five minutes.',
          },
        ];
      }),
    );
  },
};
