import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

/** One edit of a text: what stands between the offsets gives way to the new text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A map of plain text fields, as it is to be written. */
export type Fields = readonly (readonly [key: string, value: string])[];

/** Applies a splice; inserted line breaks follow the text's own. Pure. */
export function applySplice(text: string, { start, end, text: inserted }: Splice): string {
  const lines = text.includes('\r\n') ? inserted.replaceAll('\n', '\r\n') : inserted;
  return text.slice(0, start) + lines + text.slice(end);
}

/** Adds an item of fields at the end of the list `key` of a map, in the style in which map and list are written; makes the list where it is missing. Pure. */
export function addToList(text: string, map: YAMLMap, key: string, fields: Fields): Splice {
  const pair = findPair(map, key);
  const list = pair?.value;
  if (isSeq(list) && list.flow !== true && list.items.length > 0) return appendItem(text, list, fields);
  if (isSeq(list) && list.items.length > 0) return insertFlow(text, list, flowMap(fields), ']');
  if (map.flow === true) {
    if (pair === undefined) return insertFlow(text, map, `${key}: [${flowMap(fields)}]`, '}');
    const [start, end] = rangeOf(pair.value as Node | null) ?? afterKey(text, pair);
    return { start, end, text: `${start === end ? ' ' : ''}[${flowMap(fields)}]` };
  }
  const indent = ' '.repeat(columnOf(text, map));
  const item = blockItem(`${indent}  `, fields);
  if (pair === undefined) return insertLine(text, endOf(map), `${indent}${key}:\n${item}`);
  const [start, end] = rangeOf(pair.value as Node | null) ?? afterKey(text, pair);
  // `keys: []` and a bare `keys:` become a block; a comment behind them stays on their line.
  const before = text.slice(0, start).replace(/[ \t]+$/, '');
  const rest = lineEnd(text, end);
  return { start: before.length, end: rest, text: `${text.slice(end, rest)}\n${item.replace(/\n$/, '')}` };
}

/** Sets a field of a map to a plain text, whether it has it or not. Pure. */
export function setField(text: string, map: YAMLMap, key: string, value: string): Splice {
  const pair = findPair(map, key);
  if (pair !== undefined) {
    const [start, end] = rangeOf(pair.value as Node | null) ?? afterKey(text, pair);
    return { start, end, text: start === end ? ` ${value}` : value };
  }
  if (map.flow === true) return insertFlow(text, map, `${key}: ${value}`, '}');
  return insertLine(text, endOf(map), `${' '.repeat(columnOf(text, map))}${key}: ${value}\n`);
}

/** Adds plain texts at the end of a list, in the style in which it is written. Pure. */
export function appendTexts(text: string, list: YAMLSeq, items: readonly string[]): Splice {
  if (list.flow === true) return insertFlow(text, list, items.join(', '), ']');
  const first = list.items[0] as Node | undefined;
  const dash = text.lastIndexOf('-', (first?.range?.[0] ?? 0) - 1);
  const indent = ' '.repeat(dash - (text.lastIndexOf('\n', dash) + 1));
  return insertLine(text, endOf(list), items.map((item) => `${indent}- ${item}\n`).join(''));
}

/** Takes an item out of a list; null for the only one, and where its line holds more than it. Pure. */
export function removeItem(text: string, list: YAMLSeq, index: number): Splice | null {
  const item = list.items[index] as Node | undefined;
  const range = item?.range;
  if (range === undefined || range === null || list.items.length < 2) return null;
  if (list.flow === true) {
    const before = (list.items[index - 1] as Node | undefined)?.range?.[1];
    const after = (list.items[index + 1] as Node | undefined)?.range?.[0];
    if (before !== undefined) return { start: before, end: range[1], text: '' };
    return after === undefined ? null : { start: range[0], end: after, text: '' };
  }
  const dash = text.lastIndexOf('-', range[0] - 1);
  const start = text.lastIndexOf('\n', dash) + 1;
  const end = text.indexOf('\n', Math.max(endOf(item as Node), range[0]) - 1);
  return text.slice(start, dash).trim() === '' ? { start, end: end < 0 ? text.length : end + 1, text: '' } : null;
}

/** The value of a key, when it is a map. Pure. */
export function mapAt(map: YAMLMap, key: string): YAMLMap | null {
  const value = findPair(map, key)?.value;
  return isMap(value) ? value : null;
}

/** Writes fields as an item of a block list, each field on its line. Pure. */
export function blockItem(indent: string, fields: Fields): string {
  return fields.map(([key, value], at) => `${indent}${at === 0 ? '- ' : '  '}${key}: ${value}\n`).join('');
}

function appendItem(text: string, list: YAMLSeq, fields: Fields): Splice {
  const first = list.items[0] as Node;
  const start = first.range?.[0] ?? 0;
  const dash = text.lastIndexOf('-', start - 1);
  const indent = ' '.repeat(dash - (text.lastIndexOf('\n', dash) + 1));
  return insertLine(text, endOf(list), blockItem(indent, fields));
}

function insertFlow(text: string, collection: YAMLMap | YAMLSeq, inserted: string, close: ']' | '}'): Splice {
  const end = text.lastIndexOf(close, (collection.range?.[1] ?? 1) - 1);
  const before = text.slice(0, end);
  const at = before.trimEnd().length;
  const last = text.charAt(at - 1);
  const comma = collection.items.length === 0 || last === ',' ? '' : ',';
  const isPadded = text.charAt(end - 1) === ' ' || close === '}';
  return {
    start: at,
    end,
    text: `${comma}${collection.items.length === 0 && close === ']' ? '' : ' '}${inserted}${isPadded && close === '}' ? ' ' : ''}`,
  };
}

/** New lines below whatever stands on the line of an offset. */
function insertLine(text: string, offset: number, lines: string): Splice {
  const isAtStart = offset > 0 && text.charAt(offset - 1) === '\n';
  const end = isAtStart ? offset - 1 : lineEnd(text, offset);
  return { start: end, end, text: `\n${lines.replace(/\n$/, '')}${end === text.length ? '\n' : ''}` };
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return text.charAt(end - 1) === '\r' ? end - 1 : end;
}

/** The end of the last value inside, without the blank lines and comments that follow. */
function endOf(node: Node): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return endOf((last?.value ?? last?.key ?? node) as Node);
  }
  if (isSeq(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1) as Node);
  return node.range?.[1] ?? 0;
}

function columnOf(text: string, map: YAMLMap): number {
  const start = (map.items[0]?.key as Node | undefined)?.range?.[0] ?? map.range?.[0] ?? 0;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

function afterKey(text: string, pair: Pair): readonly [number, number] {
  const end = (pair.key as Node).range?.[1] ?? 0;
  const colon = text.indexOf(':', end) + 1;
  return [colon, colon];
}

function rangeOf(node: Node | null): readonly [number, number] | null {
  const range = node?.range;
  return range && range[1] > range[0] ? [range[0], range[1]] : null;
}

function flowMap(fields: Fields): string {
  return `{ ${fields.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}

function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}
