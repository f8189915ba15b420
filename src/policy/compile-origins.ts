import { isObject, type JsonObject, type Place } from '#core';
import type { Origin } from '#snapshot';
import { type Effective, specOf } from './effective.ts';
import type { Path } from './types.ts';

/** Fields whose parts an explanation cites one by one. */
const CITED_PARTS: ReadonlySet<string> = new Set([
  'match',
  'allow',
  'deny',
  'limits',
  'scope',
  'auth',
  'window',
  'prompt',
  'aliases',
]);

/** Where a document and its fields stand: what decisions, records and explanations point at. Built-in documents have no field places. Pure. */
export function compileOrigin(document: Effective): Origin {
  const isBuiltIn = document.from === 'catalogue' && document.overlays.length === 0;
  return {
    ...document.place,
    from: document.from,
    overlays: document.overlays.map(({ file, line, path, operation }) => ({ file, line, path, operation })),
    fields: isBuiltIn ? new Map() : fieldPlaces(document),
  };
}

function fieldPlaces(document: Effective): ReadonlyMap<string, Place> {
  const fields = new Map<string, Place>();
  const spec = specOf(document);
  const add = (name: string, path: Path): void => {
    const { file, line } = document.keySpan(path);
    fields.set(name, { file, line });
  };
  for (const key of Object.keys(spec)) {
    const path: Path = ['spec', key];
    add(key, path);
    const value = spec[key];
    if (isObject(value) && CITED_PARTS.has(key)) addParts(value, key, path, add);
    if (Array.isArray(value)) addItems(value, key, path, add);
  }
  return fields;
}

type Add = (name: string, path: Path) => void;

/** `match.models`, and for maps of conditions `match.metadata.topic`. */
function addParts(value: JsonObject, name: string, path: Path, add: Add): void {
  for (const key of Object.keys(value)) {
    add(`${name}.${key}`, [...path, key]);
    const part = value[key];
    if (!isObject(part) || !(name === 'match' || name === 'prompt')) continue;
    for (const inner of Object.keys(part)) add(`${name}.${key}.${inner}`, [...path, key, inner]);
  }
}

/** `targets[gpt]`, `keys[k1]`, `checks[phone]`. */
function addItems(items: readonly unknown[], name: string, path: Path, add: Add): void {
  for (const [at, item] of items.entries()) {
    if (!isObject(item)) continue;
    const id = item.id ?? item.name;
    if (typeof id === 'string') add(`${name}[${id}]`, [...path, at]);
  }
}
