import { asObject, type Diagnostic } from '#core';
import { type Effective, specOf } from './effective.ts';
import { errorAt } from './finding.ts';
import { type AliasCatalogue, aliasesInherited, followAlias } from './resolve-aliases.ts';
import { suggest } from './suggest.ts';
import type { World } from './world.ts';

/** Consumers' own names for models that lead to no model: to a name nobody has, or round in a circle. Pure. */
export function checkAliases(world: World): readonly Diagnostic[] {
  const consumers = world.byKind.get('Consumer') ?? new Map<string, Effective>();
  const models = world.byKind.get('Model');
  const catalogue: AliasCatalogue = {
    hasModel: (name) => models?.has(name) === true || world.rejected.has(`Model/${name}`),
    modelOf: (alias) => world.aliases.get(alias),
  };
  const specOfName = (name: string) => {
    const consumer = consumers.get(name);
    return consumer === undefined ? {} : specOf(consumer);
  };
  return [...consumers.values()].flatMap((consumer) => {
    const aliases = aliasesInherited(consumer.name, specOfName);
    return Object.keys(asObject(specOf(consumer).aliases)).flatMap((alias) => {
      const end = followAlias(alias, aliases, catalogue);
      const at = consumer.valueSpan(['spec', 'aliases', alias]);
      if (end.kind === 'cycle') {
        const message = `alias \`${alias}\` of consumer \`${consumer.name}\` leads to no model: ${end.trail.join(' → ')}`;
        return [errorAt(at, { rule: 'alias/cycle', message, hint: 'Let one of them name a model.' })];
      }
      if (end.kind === 'model') return [];
      const meant = suggest(end.name, [...aliases.keys(), ...(models?.keys() ?? [])]);
      const hint = meant ? `Did you mean \`${meant}\`?` : 'Name a model as the catalogue does.';
      const message = `alias \`${alias}\` of consumer \`${consumer.name}\` leads to \`${end.name}\`, which is no model`;
      return [errorAt(at, { rule: 'alias/unresolved', message, hint })];
    });
  });
}
