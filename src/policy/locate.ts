import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Path } from './types.ts';

/** Offsets of a node's own text. */
export type Range = readonly [start: number, end: number];

/** What the way back from a path to its place needs of one YAML document. */
export interface Located {
  readonly root: Node | null;
  readonly aliases: ReadonlyMap<Alias, Node>;
}

/** The range of the value at the path, else of its nearest existing ancestor. Pure. */
export function locateValue({ root, aliases }: Located, path: Path): Range {
  let range = rangeOf(root) ?? [0, 0];
  let node: unknown = root;
  for (const step of path) {
    const child = childOf(target(node, aliases), step);
    if (child === null) return range;
    node = child.value;
    // A key without a value has no text of its own: the key is the best place.
    range = textRangeOf(node) ?? rangeOf(child.key) ?? range;
  }
  return range;
}

/** The range of the key at the path, else as `locateValue`. Pure. */
export function locateKey(located: Located, path: Path): Range {
  const last = path.at(-1);
  if (typeof last !== 'string') return locateValue(located, path);
  let node: unknown = located.root;
  for (const step of path.slice(0, -1)) {
    const child = childOf(target(node, located.aliases), step);
    if (child === null) return locateValue(located, path);
    node = child.value;
  }
  const child = childOf(target(node, located.aliases), last);
  return (child && rangeOf(child.key)) ?? locateValue(located, path);
}

function childOf(node: unknown, step: string | number): { readonly key: unknown; readonly value: unknown } | null {
  if (isSeq(node))
    return typeof step === 'number' && step in node.items ? { key: null, value: node.items[step] } : null;
  if (!isMap(node)) return null;
  const pair = node.items.find((item: Pair) => isScalar(item.key) && item.key.value === step);
  return pair ? { key: pair.key, value: pair.value } : null;
}

function target(node: unknown, aliases: ReadonlyMap<Alias, Node>): unknown {
  return isAlias(node) ? aliases.get(node) : node;
}

function textRangeOf(node: unknown): Range | null {
  const range = rangeOf(node);
  return range && range[1] > range[0] ? range : null;
}

function rangeOf(node: unknown): Range | null {
  const range = (node as { readonly range?: readonly [number, number, number] | null } | null)?.range;
  return range ? [range[0], range[1]] : null;
}
