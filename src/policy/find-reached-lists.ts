import { asArray, asObject, asString, compileGlob, isObject } from '#core';
import type { ParsedDocument } from './types.ts';

/**
 * The providers whose listed models the policies can reach: those that a text names, alone or before a slash (a target, an override, an operation), and
 * those whose names the patterns of a route without a chain can fit, before or after the environment's operations. The others' thousands of models need not be compiled: listed models have no
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
    for (const pattern of straightPatterns(kind, asObject(value.spec))) {
      const { isExact, literal } = compileGlob(pattern);
      if (isExact) continue;
      for (const name of listed.keys()) if (`${name}/`.startsWith(literal)) reached.add(name);
    }
  }
  return [...listed.keys()].filter((name) => reached.has(name));
}

/** What a route asks of names it sends straight to their provider: everything, unless it says so. */
function straightPatterns(kind: string, spec: Readonly<Record<string, unknown>>): readonly string[] {
  if (kind === 'Environment') return asArray(spec.overrides).some(makesStraight) ? ['*'] : [];
  if (kind !== 'Route' || spec.chain !== undefined || spec.deny !== undefined) return [];
  const models = asObject(spec.match).models;
  return models === undefined ? ['*'] : asArray(models).flatMap((pattern) => asString(pattern) ?? []);
}

/** Whether an operation may take a route's chain away or widen what it matches; which of them it does is known only once it is applied. */
function makesStraight(operation: unknown): boolean {
  const { target, path } = asObject(operation);
  return (
    (asString(target) ?? '').startsWith('Route/') && /^(?:chain|deny|match|match\.models.*)$/.test(asString(path) ?? '')
  );
}

function visitTexts(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) for (const part of value) visitTexts(part, visit);
  else if (isObject(value)) for (const part of Object.values(value)) visitTexts(part, visit);
}
