import type { LocateLine } from './source-node.ts';

const HEADER = /^\s*(\[{1,2})\s*(.+?)\s*\]{1,2}\s*(?:#.*)?$/;
const KEY = /^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]+))*)\s*=/;

/**
 * Finds lines in a TOML text that parses: the parser tells values without their places. A key within an inline table or a list has the line of the key
 * that holds it. Pure.
 */
export function tomlLines(text: string): LocateLine {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let table: readonly (string | number)[] = [];
  const remember = (path: readonly (string | number)[], line: number): void => {
    for (let length = path.length; length > 0; length--) {
      const key = JSON.stringify(path.slice(0, length));
      if (!lines.has(key)) lines.set(key, line);
    }
  };
  for (const [index, line] of text.split('\n').entries()) {
    const header = HEADER.exec(line);
    if (header !== null) {
      const named = withPositions(keysOf(header[2] ?? ''), counts);
      table = header[1] === '[[' ? nextItem(named, counts) : named;
      remember(table, index + 1);
      continue;
    }
    const key = KEY.exec(line);
    if (key !== null) remember([...table, ...keysOf(key[1] ?? '')], index + 1);
  }
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  };
}

function keysOf(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+)/g),
    (found) => found[1] ?? found[2] ?? found[3] ?? '',
  );
}

/** A table below a list of tables belongs to its last item. */
function withPositions(keys: readonly string[], counts: ReadonlyMap<string, number>): readonly (string | number)[] {
  const path: (string | number)[] = [];
  for (const key of keys) {
    path.push(key);
    const count = counts.get(JSON.stringify(path));
    if (count !== undefined) path.push(count - 1);
  }
  return path;
}

function nextItem(named: readonly (string | number)[], counts: Map<string, number>): readonly (string | number)[] {
  const list = typeof named.at(-1) === 'number' ? named.slice(0, -1) : named;
  const key = JSON.stringify(list);
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return [...list, count];
}
