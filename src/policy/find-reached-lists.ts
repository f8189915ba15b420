import { asArray, asObject, asString, compileGlob, isObject } from '#core';
import type { ParsedDocument } from './types.ts';

/**
 * The providers whose listed models the policies can reach: those that a text names, alone or before a slash (a target, an override, an operation), and
 * those whose names the patterns of a route without a chain can fit. The others' thousands of models need not be compiled: listed models have no
 * aliases, so that nothing else leads to one. Sorted as in `listed`. Pure.
 */
export function findReachedLists(
  documents: readonly ParsedDocument[],
  listed: ReadonlyMap<string, number>,
): readonly string[] {
  const reached = new Set<string>();
  const addIfListed = (text: string): void => {
    const slash = text.indexOf('/');
    const name = slash < 0 ? text : text.slice(0, slash);
    if (listed.has(name)) reached.add(name);
  };
  for (const { kind, value } of documents) {
    visitTexts(value, addIfListed);
    if (kind !== 'Route') continue;
    for (const pattern of straightPatterns(asObject(value.spec))) {
      const { isExact, literal } = compileGlob(pattern);
      if (isExact) continue;
      for (const name of listed.keys()) if (`${name}/`.startsWith(literal)) reached.add(name);
    }
  }
  return [...listed.keys()].filter((name) => reached.has(name));
}

/** What a route asks of names it sends straight to their provider: everything, unless it says so. */
function straightPatterns(spec: Readonly<Record<string, unknown>>): readonly string[] {
  if (spec.chain !== undefined || spec.deny !== undefined) return [];
  const models = asObject(spec.match).models;
  return models === undefined ? ['*'] : asArray(models).flatMap((pattern) => asString(pattern) ?? []);
}

function visitTexts(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) for (const part of value) visitTexts(part, visit);
  else if (isObject(value)) for (const part of Object.values(value)) visitTexts(part, visit);
}
