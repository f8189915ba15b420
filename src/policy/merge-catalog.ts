import type { Catalog } from '#catalog';
import { isObject, type JsonObject, type Place, type Span } from '#core';
import { createEffective, type Effective, keyOf } from './effective.ts';
import { joinObject, type Traced, type TraceSource, tracedParts, traceOf } from './trace.ts';

/**
 * Adds the built-in providers and models to the documents of the files. A file document of a built-in name overrides it field by field: maps merge
 * by key, lists and prices replace. The result holds each provider and model once, built-in ones without a document of their own last. Pure.
 */
export function mergeCatalog(documents: readonly Effective[], catalog: Catalog): readonly Effective[] {
  const builtIn = new Map<string, Effective>();
  for (const document of [...catalog.providers, ...catalog.models]) {
    const entry = fromCatalog(document, catalog);
    builtIn.set(keyOf(entry), entry);
  }
  const merged = documents.map((document) => {
    const base = builtIn.get(keyOf(document));
    if (!base) return document;
    builtIn.delete(keyOf(document));
    return override(base, document);
  });
  return [...merged, ...builtIn.values()];
}

function fromCatalog(
  document: Catalog['providers'][number] | Catalog['models'][number],
  { locate }: Catalog,
): Effective {
  const { kind } = document;
  const { name } = document.metadata;
  const place = locate(kind, name) ?? { file: 'catalog', line: 1 };
  return createEffective({
    kind,
    name,
    value: document as unknown as JsonObject,
    trace: traceOf(catalogSource(place), []),
    from: 'catalogue',
    place: { file: place.file, line: place.line },
    overlays: [],
  });
}

function catalogSource({ file, line }: Place): TraceSource {
  const span: Span = { file, line, column: 1, endLine: line, endColumn: 1, start: 0, end: 0 };
  return { by: 'catalogue', valueSpan: () => span, keySpan: () => span };
}

function override(base: Effective, over: Effective): Effective {
  const { value, trace } = merge(base, over, null);
  return createEffective({ ...over, value: value as JsonObject, trace });
}

function merge(base: Traced, over: Traced, field: string | number | null): Traced {
  if (!isObject(base.value) || !isObject(over.value)) return over;
  if (isSecretReference(over.value) || isSecretReference(base.value)) return over;
  const parts = new Map(tracedParts(base));
  if (field === 'auth') for (const name of supersededFields(base.value, over.value)) parts.delete(name);
  for (const [key, part] of tracedParts(over)) {
    const below = parts.get(key);
    parts.set(key, below ? merge(below, part, key) : part);
  }
  return joinObject(over.trace, parts);
}

/** Two halves of different references are no reference: one replaces the other whole. */
function isSecretReference(value: JsonObject): boolean {
  return typeof value.env === 'string' || typeof value.file === 'string' || typeof value.store === 'string';
}

/** Fields of a built-in `auth` that contradict the ones given instead: another kind replaces all, a pool the single secret and the reverse. */
function supersededFields(base: JsonObject, over: JsonObject): readonly string[] {
  if (over.kind !== undefined && over.kind !== base.kind) return Object.keys(base);
  if (over.secrets !== undefined) return ['secret'];
  return over.secret !== undefined ? ['secrets'] : [];
}
