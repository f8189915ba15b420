import { asObject, type Diagnostic, type Span } from '#core';
import type { AppliedOperation } from './effective.ts';
import { errorAt } from './finding.ts';
import { findItem, formatSteps, type Miss, missOf, type PathStep, resolveSteps } from './overlay-path.ts';
import { suggest } from './suggest.ts';
import { joinList, joinObject, type Traced, tracedParts } from './trace.ts';
import type { Path } from './types.ts';

/** The name of an operation. */
export type Operation = AppliedOperation['operation'];

/** One operation as written, with its place in the environment's document. */
export interface Override {
  readonly target: string;
  readonly path: string;
  readonly operation: Operation;
  /** Id of the list item beside or instead of which `value` goes; empty for `set` and `remove`. */
  readonly item: string;
  readonly value: Traced;
  readonly spanOf: (field: string) => Span;
  readonly span: Span;
}

/** Carries out one operation on a document's spec: exactly one node changes, else the finding says why none does. Pure. */
export function editSpec(root: Traced, steps: readonly PathStep[], override: Override): Traced | Diagnostic {
  const found = resolveSteps(root.value, steps);
  if (found.kind === 'miss') return dangling(override, found);
  const key = found.path.at(-1) ?? '';
  const parentPath = found.path.slice(0, -1);
  if (override.operation === 'set') return setPart(root, found.path, override.value);
  if (found.kind === 'absent-key') {
    const parent = valueAt(root.value, parentPath);
    return dangling(override, missOf(`there is no \`${override.path}\``, String(key), Object.keys(asObject(parent))));
  }
  if (override.operation === 'remove') return change(root, parentPath, (parent) => withoutPart(parent, key));
  return editList(root, found.path, steps, override);
}

function editList(root: Traced, path: Path, steps: readonly PathStep[], override: Override): Traced | Diagnostic {
  const list = valueAt(root.value, path);
  if (!Array.isArray(list)) return dangling(override, missOf(`\`${override.path}\` is not a list`));
  const item = findItem(list, { text: override.item, isBracketed: true }, `\`${formatSteps(steps)}\``);
  if (typeof item !== 'number') return dangling(override, item, override.operation);
  const start = override.operation === 'insertAfter' ? item + 1 : item;
  const replaced = override.operation === 'replaceItem' ? 1 : 0;
  return change(root, path, (target) =>
    joinList(target.trace, [...tracedParts(target).values()].toSpliced(start, replaced, override.value)),
  );
}

/** Rebuilds the values on the way to a path, and leaves all others as they are. */
function change(root: Traced, path: Path, update: (node: Traced) => Traced): Traced {
  const [key, ...rest] = path;
  if (key === undefined) return update(root);
  const part = tracedParts(root).get(key);
  return part ? withPart(root, key, change(part, rest, update)) : root;
}

/** A copy of a value with another one at a path whose last key may be new. Pure. */
export function setPart(root: Traced, path: Path, part: Traced): Traced {
  return change(root, path.slice(0, -1), (parent) => withPart(parent, path.at(-1) ?? '', part));
}

/** A copy of an object or list with one part put in place. Pure. */
export function withPart(parent: Traced, key: string | number, part: Traced): Traced {
  const parts = tracedParts(parent).set(key, part);
  return Array.isArray(parent.value) ? joinList(parent.trace, [...parts.values()]) : joinObject(parent.trace, parts);
}

function withoutPart(parent: Traced, key: string | number): Traced {
  const parts = tracedParts(parent);
  parts.delete(key);
  return Array.isArray(parent.value) ? joinList(parent.trace, [...parts.values()]) : joinObject(parent.trace, parts);
}

function valueAt(root: unknown, path: Path): unknown {
  let at = root;
  for (const key of path) at = (at as Readonly<Record<string | number, unknown>>)[key];
  return at;
}

function dangling(override: Override, { reason, word, candidates, advice }: Miss, field = 'path'): Diagnostic {
  const meant = suggest(word, candidates);
  return errorAt(override.spanOf(field), {
    rule: 'env/dangling-override',
    message: `${override.operation} on ${override.target} hits nothing: ${reason}`,
    hint: meant ? `Did you mean \`${meant}\`?` : advice,
  });
}
