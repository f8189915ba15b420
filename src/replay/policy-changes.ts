import { canonicalJson, compareText, isObject, type JsonObject, type Place } from '#core';
import type { Compiled, EffectiveDocument } from '#policy';

/** A document that is not the same on both sides. */
export interface PolicyChange {
  /** `Kind/name`. */
  readonly document: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** In the head, or where it was in the base. */
  readonly at: Place;
  /** Dotted paths from `spec` that differ, the first few. */
  readonly paths: readonly string[];
}

/** Kinds that bear on no request. */
const SILENT: ReadonlySet<string> = new Set(['Environment', 'Test']);

/** What differs between two compiled revisions, by document, with defaults and environment operations applied. Pure. */
export function policyChanges(base: Compiled, head: Compiled): readonly PolicyChange[] {
  const before = documentsOf(base);
  const after = documentsOf(head);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort(compareText);
  return names.flatMap((name): readonly PolicyChange[] => {
    const was = before.get(name);
    const is = after.get(name);
    if (was === undefined)
      return is === undefined ? [] : [{ document: name, change: 'added', at: is.place, paths: [] }];
    if (is === undefined) return [{ document: name, change: 'removed', at: was.place, paths: [] }];
    const paths = differences(specOf(was), specOf(is), '');
    if (paths.length === 0) return [];
    const first = is.origin(['spec', ...(paths[0] ?? '').split('.')]);
    return [
      { document: name, change: 'changed', at: { file: first.file, line: first.line }, paths: paths.slice(0, 8) },
    ];
  });
}

/** Budgets that are not the same on both sides. Pure. */
export function changedBudgets(changes: readonly PolicyChange[]): ReadonlySet<string> {
  const names = changes
    .filter(({ document }) => document.startsWith('Budget/'))
    .map(({ document }) => document.slice(7));
  return new Set(names);
}

const STATEFUL = /(^|\.)(retry|breaker|cache)(\.|$)/;

/** Changes whose effect depends on what came before a request (budgets, caches, retries, breakers): only a simulation shows it. Pure. */
export function statefulChanges(changes: readonly PolicyChange[]): readonly PolicyChange[] {
  return changes.filter(({ document, paths }) => {
    const kind = document.slice(0, document.indexOf('/'));
    return kind === 'Budget' || kind === 'Cache' || paths.some((path) => STATEFUL.test(path));
  });
}

function documentsOf({ documents }: Compiled): ReadonlyMap<string, EffectiveDocument> {
  const kept = documents.filter(({ kind }) => !SILENT.has(kind));
  return new Map(kept.map((document) => [`${document.kind}/${document.name}`, document]));
}

function specOf({ value }: EffectiveDocument): JsonObject {
  const labels = isObject(value.metadata) ? value.metadata.labels : undefined;
  return { ...(isObject(value.spec) ? value.spec : {}), ...(labels === undefined ? {} : { labels }) };
}

/** The smallest parts that differ; list items with an `id` are told apart by it. */
function differences(was: unknown, is: unknown, path: string): readonly string[] {
  if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return [];
  const before = keyed(was);
  const after = keyed(is);
  if (before === null || after === null) return [path === '' ? 'spec' : path];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const found = keys.flatMap((key) =>
    differences(before.get(key), after.get(key), path === '' ? key : `${path}.${key}`),
  );
  return found.length > 0 ? found : [path === '' ? 'spec' : path];
}

function keyed(value: unknown): ReadonlyMap<string, unknown> | null {
  if (isObject(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value) || !value.every((item) => isObject(item) && typeof item.id === 'string')) return null;
  return new Map(value.map((item: JsonObject) => [String(item.id), item]));
}
