import { isObject, type JsonObject } from '#core';
import type { Path } from '#policy';
import type { MutationAction } from './mutation-rules.ts';

/** What became of a document. */
export interface ValueChange {
  /** Null when it is deleted. */
  readonly value: JsonObject | null;
  /** What stood at the path. */
  readonly before: unknown;
  /** The path as waivers write it, such as `targets[gpt]`; empty for the whole document. */
  readonly path: string;
  /** What was done, such as `removed`. */
  readonly verb: string;
}

/** Carries out an action at a path; null where it would change nothing. The value itself stays as it is. Pure. */
export function changeValue(root: JsonObject, path: Path, action: MutationAction): ValueChange | null {
  if (action.kind === 'delete') return { value: null, before: root, path: '', verb: 'deleted' };
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  const before = valueAt(root, path);
  if (key === undefined || before === undefined) return null;
  const changed = changePart(parent, key, before, action);
  if (changed === null) return null;
  const value = replaceAt(root, path.slice(0, -1), changed.parent) as JsonObject;
  return { value, before, path: showPath(root, path), verb: changed.verb };
}

function changePart(
  parent: unknown,
  key: string | number,
  before: unknown,
  action: Exclude<MutationAction, { readonly kind: 'delete' }>,
): { readonly parent: unknown; readonly verb: string } | null {
  switch (action.kind) {
    case 'remove-one':
      return Array.isArray(parent) && parent.length < 2 ? null : { parent: without(parent, key), verb: 'removed' };
    case 'remove':
      return { parent: without(parent, key), verb: 'removed' };
    case 'swap': {
      if (!Array.isArray(parent) || typeof key !== 'number' || key + 1 >= parent.length) return null;
      const items = parent as readonly unknown[];
      const next = items[key + 1];
      return { parent: items.with(key, next).with(key + 1, before), verb: `swapped with ${nameOf(next, key + 1)}` };
    }
    case 'double': {
      const doubled = double(before);
      return doubled === null ? null : { parent: withPart(parent, key, doubled), verb: `doubled to ${doubled}` };
    }
    case 'set':
      if (before === action.value) return null;
      return { parent: withPart(parent, key, action.value), verb: `set to ${action.value}` };
  }
}

/** `1000 USD` and plain numbers; null for anything else. */
function double(value: unknown): string | number | null {
  if (typeof value === 'number') return value * 2;
  const amount = /^(\d+(?:\.\d+)?)( [A-Z]+)?$/.exec(String(value));
  return amount === null ? null : `${Number((Number(amount[1]) * 2).toFixed(6))}${amount[2] ?? ''}`;
}

function without(parent: unknown, key: string | number): unknown {
  if (Array.isArray(parent)) return (parent as readonly unknown[]).toSpliced(Number(key), 1);
  const { [key]: _, ...rest } = parent as JsonObject;
  return rest;
}

function withPart(parent: unknown, key: string | number, value: unknown): unknown {
  if (Array.isArray(parent)) return (parent as readonly unknown[]).with(Number(key), value);
  return { ...(parent as JsonObject), [key]: value };
}

function replaceAt(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return withPart(root, key, replaceAt(valueAt(root, [key]), rest, value));
}

function valueAt(root: unknown, path: Path): unknown {
  let at = root;
  for (const key of path) at = (at as Readonly<Record<string | number, unknown>> | undefined)?.[key];
  return at;
}

/** `targets[gpt].retry.max`: items by their id, else by what they are, else by their place. */
function showPath(root: JsonObject, path: Path): string {
  let text = '';
  for (const [depth, step] of path.entries()) {
    if (depth === 0) continue;
    const value = valueAt(root, path.slice(0, depth + 1));
    text += typeof step === 'number' ? `[${nameOf(value, step)}]` : `${text === '' ? '' : '.'}${step}`;
  }
  return text;
}

function nameOf(item: unknown, index: number): string {
  if (typeof item === 'string' || typeof item === 'number') return String(item);
  if (!isObject(item)) return String(index);
  const id = item.id ?? item.name ?? (item.target === undefined ? undefined : `${item.target} ${item.path}`);
  return typeof id === 'string' ? id : String(index);
}
