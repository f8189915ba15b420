import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Mistake } from './mistake.ts';

/** Deeper nesting is refused: every policy shape is shallower than ten levels. */
export const MAX_DEPTH = 100;
/** Values that aliases may stand for in one document, all counted. */
const MAX_ALIASED_VALUES = 10_000;

/** The plain value of a YAML document. Aliased values are shared, not copied. */
export interface ReadValue {
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
  /** What each alias stands for, for the way back from a path to its place. */
  readonly aliases: ReadonlyMap<Alias, Node>;
}

interface Anchored {
  readonly node: Node;
  readonly value: unknown;
  readonly size: number;
  readonly depth: number;
}

interface Reading {
  readonly mistakes: Mistake[];
  readonly aliases: Map<Alias, Node>;
  readonly anchors: Map<string, Anchored | 'open'>;
  /** Values read so far, aliased ones counted in full. */
  size: number;
  aliased: number;
  /** Deepest level reached since last reset. */
  depth: number;
}

/** Reads a YAML node into plain values and collects what YAML allows and policies do not. Pure. */
export function readValue(root: Node | null): ReadValue {
  const reading: Reading = { mistakes: [], aliases: new Map(), anchors: new Map(), size: 0, aliased: 0, depth: 0 };
  const value = readNode(root, reading, 0);
  return { value, mistakes: reading.mistakes, aliases: reading.aliases };
}

function readNode(node: unknown, reading: Reading, depth: number): unknown {
  reading.size += 1;
  if (depth > reading.depth) reading.depth = depth;
  if (isAlias(node)) return readAlias(node, reading, depth);
  const anchor = (node as { readonly anchor?: string } | null)?.anchor;
  if (anchor === undefined) return readPlain(node, reading, depth);

  reading.anchors.set(anchor, 'open');
  const sizeBefore = reading.size;
  const depthBefore = reading.depth;
  reading.depth = depth;
  const value = readPlain(node, reading, depth);
  const size = reading.size - sizeBefore + 1;
  reading.anchors.set(anchor, { node: node as Node, value, size, depth: reading.depth - depth });
  reading.depth = Math.max(depthBefore, reading.depth);
  return value;
}

function readPlain(node: unknown, reading: Reading, depth: number): unknown {
  if (isScalar(node)) return readScalar(node as Node & { readonly value: unknown }, reading);
  if (isMap(node)) return readMap(node, reading, depth);
  if (isSeq(node)) return readSeq(node, reading, depth);
  return null;
}

function readScalar(node: Node & { readonly value: unknown }, reading: Reading): unknown {
  const { value } = node;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const hint = 'Write a plain number, or quote the text.';
    report(reading, node, 'schema/value', 'infinity and not-a-number are no policy values', hint);
    return null;
  }
  return value ?? null;
}

function readSeq(node: YAMLSeq, reading: Reading, depth: number): readonly unknown[] {
  return node.items.map((item) => readNode(item, reading, depth + 1));
}

function readMap(node: YAMLMap, reading: Reading, depth: number): object {
  const object: Record<string, unknown> = {};
  for (const pair of node.items) {
    const key = readKey(pair, reading);
    const value = readNode(pair.value, reading, depth + 1);
    if (key === null) continue;
    if (Object.hasOwn(object, key)) reportDuplicate(node, pair, key, reading);
    else object[key] = value;
  }
  return object;
}

/** The key as text; null when it cannot be one. */
function readKey(pair: Pair, reading: Reading): string | null {
  const key = pair.key as Node | null;
  if (!isScalar(key)) {
    report(
      reading,
      key,
      'schema/type',
      'a key must be text; this one is a list, a map or an alias',
      'Write a plain name before the colon.',
    );
    return null;
  }
  const { value } = key;
  if (value === '<<' && key.type === 'PLAIN') {
    const hint = 'Repeat the fields, or move them to the `defaults` of the document where its kind has them.';
    report(reading, key, 'yaml/syntax', 'merge keys (`<<`) are not part of YAML 1.2', hint);
    return null;
  }
  if (value === '__proto__') {
    report(reading, key, 'schema/unknown-key', '`__proto__` cannot be a key', 'Choose another name.');
    return null;
  }
  if (typeof value === 'string') return value;
  const found = value === null ? 'nothing' : `a ${typeof value}`;
  report(reading, key, 'schema/type', `a key must be text, found ${found}`, 'Quote the key.');
  return null;
}

function readAlias(alias: Alias, reading: Reading, depth: number): unknown {
  const anchored = reading.anchors.get(alias.source);
  if (anchored === undefined) {
    const hint = 'Define the anchor earlier in the same document, or quote text that begins with *.';
    report(reading, alias, 'yaml/syntax', 'the alias names no anchor before it', hint);
    return null;
  }
  if (anchored === 'open') {
    report(
      reading,
      alias,
      'yaml/alias-bomb',
      'the alias stands inside its own anchor, so it never ends',
      'Write the value out.',
    );
    return null;
  }
  reading.aliases.set(alias, anchored.node);
  reading.size += anchored.size - 1;
  reading.aliased += anchored.size;
  reading.depth = Math.max(reading.depth, depth + anchored.depth);
  const isTooLarge = reading.aliased > MAX_ALIASED_VALUES || depth + anchored.depth > MAX_DEPTH;
  if (isTooLarge && !reading.mistakes.some((mistake) => mistake.rule === 'yaml/alias-bomb')) {
    const message = `aliases stand for more than ${MAX_ALIASED_VALUES} values or ${MAX_DEPTH} levels in this document`;
    report(
      reading,
      alias,
      'yaml/alias-bomb',
      message,
      'Write the values out, or remove the aliases that contain aliases.',
    );
  }
  return isTooLarge ? null : anchored.value;
}

function reportDuplicate(map: YAMLMap, pair: Pair, key: string, reading: Reading): void {
  const first = map.items.find((other) => isScalar(other.key) && other.key.value === key);
  const offset = startOf(first?.key as Node | null);
  const [start, end] = rangeOf(pair.key as Node | null);
  reading.mistakes.push({
    rule: 'yaml/duplicate-key',
    start,
    end,
    message: `the key \`${key}\` is given twice in this map`,
    hint: 'Keep one of the two.',
    related: { offset, message: `\`${key}\` is given here first` },
  });
}

function report(reading: Reading, node: Node | null, rule: string, message: string, hint: string): void {
  const [start, end] = rangeOf(node);
  reading.mistakes.push({ rule, start, end, message, hint });
}

function rangeOf(node: Node | null): readonly [number, number] {
  return node?.range ? [node.range[0], node.range[1]] : [0, 0];
}

function startOf(node: Node | null): number {
  return rangeOf(node)[0];
}
