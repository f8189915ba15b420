import { isObject, type JsonObject } from '#core';
import { addNamed, note } from '../draft.ts';
import { type SourceNode, textAt } from '../source-node.ts';
import { exactMatch, toCel } from './condition-to-match.ts';
import type { PortkeyReader } from './reader.ts';
import { addGroup } from './targets.ts';

/** A conditional strategy: one route for each condition, in the order of the list, and the default as the catch-all. */
export function addConditional(reader: PortkeyReader, root: SourceNode, shared: object): void {
  const { draft } = reader;
  const strategy = root.get('strategy');
  const conditions = strategy?.get('conditions')?.items() ?? [];
  const targets = root.get('targets')?.items() ?? [];
  for (const each of targets) each.get('weight')?.take();
  const chains = new Map<string, string | null>();
  const chainFor = (name: string | undefined): string | null => {
    const target = targets.find((each) => textAt(each, 'name') === name);
    if (name === undefined || target === undefined) return null;
    const known = chains.get(name);
    if (known !== undefined) return known;
    const chain = addGroup(reader, target, name, {});
    chains.set(name, chain);
    return chain;
  };
  const isPlain = conditions.every((each) => exactMatch(each.get('query')?.value) !== null);
  for (const [index, condition] of conditions.entries()) {
    const query = condition.get('query');
    const then = textAt(condition, 'then');
    const match = matchOf(query?.take(), isPlain);
    if (match === null) {
      note(
        draft,
        'left-out',
        'condition',
        query ?? condition,
        'the condition looks at something that a route cannot see, or by an operator it does not have',
        'Write `match` or a CEL `when` by hand; docs/kinds/route.md lists the fields.',
      );
      continue;
    }
    const chain = chainFor(then);
    if (chain === null) {
      note(
        draft,
        'left-out',
        'condition',
        condition,
        'the condition leads to no target of the config',
        'Name a target with that `name`.',
      );
      continue;
    }
    addNamed(
      draft,
      'Route',
      then ?? `condition-${index + 1}`,
      {
        description: `Condition ${index + 1} of the Portkey config`,
        spec: { match, priority: conditions.length - index, chain, ...shared },
      },
      condition,
    );
  }
  note(
    draft,
    'differs',
    'condition-order',
    strategy ?? root,
    'Portkey takes the first condition that holds; the routes have priorities in that order, and a route with more conditions would come first',
    'Give further routes as many conditions, or look with `signalbox explain`.',
  );
  const otherwise = textAt(strategy, 'default');
  const chain = chainFor(otherwise);
  if (chain !== null) {
    addNamed(
      draft,
      'Route',
      'default',
      { description: 'The default of the Portkey config', spec: { match: {}, chain, ...shared } },
      strategy ?? root,
    );
  }
}

function matchOf(query: unknown, isPlain: boolean): JsonObject | null {
  if (!isObject(query)) return null;
  if (isPlain) return exactMatch(query);
  const when = toCel(query);
  return when === null ? null : { when };
}
