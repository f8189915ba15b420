import { isMap, isPair, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { asObject, type JsonObject } from '#core';
import { fieldSchemas, resolveSchema, SCHEMAS } from './schemas.ts';

/**
 * Puts the keys of a document into the order of its schema, at every level the schema knows; keys it does not know follow as they were. Changes
 * the nodes handed in.
 */
export function orderKeys(root: unknown): void {
  if (!isMap(root)) return;
  const kind = root.get('kind');
  if (typeof kind === 'string' && Object.hasOwn(SCHEMAS, kind)) orderNode(root, asObject(SCHEMAS[kind]), 'document');
}

type Role = 'document' | 'field' | 'item';

function orderNode(node: unknown, schema: JsonObject, role: Role): void {
  if (isSeq(node)) {
    const items = resolveSchema(schema.items);
    for (const item of node.items) orderNode(item, items, 'item');
    return;
  }
  if (!isMap(node)) return;
  const fields = fieldSchemas(schema);
  const names = Object.keys(fields);
  const rank = (pair: Pair): number => {
    const index = names.indexOf(keyText(pair));
    return index < 0 ? names.length : index;
  };
  const sorted = node.items.toSorted((a, b) => rank(a) - rank(b));
  if (sorted.some((pair, index) => pair !== node.items[index])) {
    keepCommentWithFirstKey(node, role);
    node.items = sorted;
  }
  for (const pair of node.items) {
    const field = fields[keyText(pair)] ?? schema.additionalProperties;
    orderNode(pair.value, resolveSchema(field), 'field');
  }
}

/**
 * The parser gives the comment above a nested map's first key to the map, and the one at the head of a document to the document's first
 * key. The first has to move with its key, the second has to stay at the head. A comment above a list item is the item's.
 */
function keepCommentWithFirstKey(map: YAMLMap, role: Role): void {
  const first = map.items[0];
  if (role === 'item' || map.flow === true || !isPair(first) || !isScalar(first.key)) return;
  const comment = [map.commentBefore, first.key.commentBefore].filter(Boolean).join('\n');
  map.commentBefore = role === 'document' ? comment : null;
  first.key.commentBefore = role === 'document' ? null : comment;
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : '';
}
