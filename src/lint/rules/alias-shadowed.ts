import type { Rule } from '../rule.ts';

/** A name that is looked up as another one first. */
export const aliasShadowed: Rule = {
  meta: {
    id: 'alias/shadowed',
    severity: 'warn',
    since: '2026-12',
    summary: 'An alias of a consumer is the name of a model in the catalogue.',
    why: 'Names of the catalogue come first, so the alias is never read: the consumer gets the model of that name, whatever the line says.',
    bad: `
kind: Consumer
metadata: { name: product-team }
spec: { aliases: { openai/gpt-4o: openai/gpt-4o-mini } }`,
    good: `
kind: Consumer
metadata: { name: product-team }
spec: { aliases: { gpt-4o: openai/gpt-4o-mini } }`,
  },
  check({ every, find }) {
    return every('Consumer').flatMap((consumer) =>
      Object.entries(consumer.spec.aliases ?? {})
        .filter(([alias]) => find('Model', alias) !== undefined)
        .map(([alias, model]) => ({
          at: consumer.atKey('aliases', alias),
          subject: consumer.key,
          message: `\`${alias}\` is a model of the catalogue, so consumer \`${consumer.name}\` never gets \`${model}\` by that name`,
          hint: 'Give the alias a name of its own, or let a route lead that model elsewhere.',
        })),
    );
  },
};
