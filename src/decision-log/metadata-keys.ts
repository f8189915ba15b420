import { isObject } from '#core';
import type { Snapshot } from '#snapshot';

/** Derived once per snapshot: every record asks. */
const KEYS = new WeakMap<Snapshot, ReadonlySet<string>>();

/** Metadata keys that some policy names: in routes, conditions, budgets, caches, and documents such as alerts and reports. Nothing else is recorded. Pure. */
export function metadataKeys(snapshot: Snapshot): ReadonlySet<string> {
  let keys = KEYS.get(snapshot);
  if (keys === undefined) {
    keys = new Set(namedKeys(snapshot));
    KEYS.set(snapshot, keys);
  }
  return keys;
}

function* namedKeys({ routes, budgets, caches, carried }: Snapshot): Generator<string> {
  for (const { match, prompt } of routes.values()) {
    for (const { key } of match.metadata) yield key;
    for (const piece of [...(prompt.prepend ?? []), ...(prompt.append ?? [])]) {
      if (typeof piece !== 'string' && piece.source.kind === 'metadata') yield piece.source.key;
    }
    if (match.when?.source.includes('metadata')) yield* keysInText(match.when.source);
  }
  for (const { scope, per } of budgets.values()) {
    for (const { key } of scope.metadata) yield key;
    yield* keysOfFields(per);
  }
  for (const { partition, neverWhen } of caches.values()) {
    yield* keysOfFields(partition);
    yield* Object.keys((neverWhen.metadata as object | undefined) ?? {});
  }
  for (const { spec } of carried) yield* keysInDocument(spec);
}

/** Fields of a field `metadata`, and texts such as `metadata.tenant` or a condition. */
function* keysInDocument(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* value.includes('metadata') ? keysInText(value) : [];
  else if (Array.isArray(value)) for (const item of value) yield* keysInDocument(item);
  else if (isObject(value)) {
    if (isObject(value.metadata)) yield* Object.keys(value.metadata);
    for (const field of Object.values(value)) yield* keysInDocument(field);
  }
}

function* keysOfFields(fields: readonly string[]): Generator<string> {
  for (const field of fields) if (field.startsWith('metadata.')) yield field.slice('metadata.'.length);
}

/** `metadata.key`, and every quoted text that may be a key (`metadata["key"]`, `"key" in metadata`): too many is harmless, too few is not. */
function* keysInText(text: string): Generator<string> {
  for (const [, name = ''] of text.matchAll(/metadata\.([\w-]+)/g)) yield name;
  for (const [, double, single] of text.matchAll(/"([^"]{1,128})"|'([^']{1,128})'/g)) yield double ?? single ?? '';
}
