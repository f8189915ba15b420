import { type CelNode, calledName, celChildren } from './cel-tree.ts';

/** A piece of the source to replace. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Rewrites every read of a key of `metadata`, `headers` or `consumer.labels` into one that gives an empty text for an absent key, so that
 * `metadata.topic != "x"` holds for a request without a topic instead of failing. `has(…)` and `in` still tell absent from empty. Pure.
 */
export function readAbsentKeysAsEmpty(source: string, tree: CelNode): string {
  const edits = collectEdits(source, tree).sort((a, b) => b.start - a.start || b.end - a.end);
  let text = source;
  for (const { start, end, text: replacement } of edits) text = text.slice(0, start) + replacement + text.slice(end);
  return text;
}

function collectEdits(source: string, node: CelNode): Edit[] {
  if (calledName(node) === 'has') return [];
  const below = celChildren(node).flatMap((child) => collectEdits(source, child));
  const base = celChildren(node)[0];
  if (!base || !isTextMap(base)) return below;
  if (node.op === '[]') {
    const bracket = source.indexOf('[', base.end);
    return [...below, insert(bracket + 1, '?'), insert(node.end, '.orValue("")')];
  }
  const key = keyOf(node);
  if (node.op !== '.' || key === null) return below;
  const dot = source.lastIndexOf('.', node.end - key.length);
  return [...below, { start: dot, end: node.end, text: `.?${key}.orValue("")` }];
}

function isTextMap(node: CelNode): boolean {
  if (node.op === 'id') return node.args === 'metadata' || node.args === 'headers';
  const base = celChildren(node)[0];
  return node.op === '.' && keyOf(node) === 'labels' && base?.op === 'id' && base.args === 'consumer';
}

function keyOf(node: CelNode): string | null {
  const key: unknown = Array.isArray(node.args) ? node.args[1] : null;
  return typeof key === 'string' ? key : null;
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}
