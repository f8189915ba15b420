import { isProduction } from '../environments.ts';
import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

const FLOATING = /(?:^|[-_:./])latest$/;

/** A model that changes without a pull request. */
export const modelFloatingAlias: Rule = {
  meta: {
    id: 'model/floating-alias',
    severity: 'warn',
    summary: 'A chain in production calls a model by a name that ends in `latest`.',
    why: 'The provider moves the name to another model one night: answers, prices and limits change, and no commit says so.',
    bad: `
kind: Chain
metadata: { name: support }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: mistral, model: mistral/mistral-large-latest }] }
---
kind: Environment
metadata: { name: production }`,
    good: `
kind: Chain
metadata: { name: support }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: mistral, model: mistral/mistral-large-2512 }] }
---
kind: Environment
metadata: { name: production }`,
    waive: 'When the newest model is wanted, whatever it is.',
  },
  check(context) {
    if (!isProduction(context.environment)) return [];
    return context.every('Chain').flatMap((chain) =>
      hopsOf(context, chain)
        .filter((hop) => hop.chain === chain)
        .filter(({ target, model }) =>
          [target.model, model?.spec.upstreamName].some((name) => FLOATING.test(name ?? '')),
        )
        .map(({ index, target }) => ({
          at: chain.at('targets', index, 'model'),
          subject: chain.key,
          message: `\`${target.model}\` is whatever the provider calls the latest model`,
          hint: 'Name the model with its version or date.',
        })),
    );
  },
};
