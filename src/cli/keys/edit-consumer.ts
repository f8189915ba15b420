import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isSeq, parseAllDocuments, type YAMLMap } from 'yaml';
import { formatPolicies } from '#policy';
import { addToList, applySplice, type Fields, mapAt, type Splice, setField } from './splice-yaml.ts';

/** A key as a Consumer document holds it. */
export interface KeyEntry {
  readonly id: string;
  readonly sha256: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly note: string | null;
  /** Where it is known; null for everywhere. */
  readonly environments: readonly string[] | null;
}

/** The new text, or null where the file is written in a way that no edit can be sure of: then it stays as it is. */
export type Edited = string | null;

/**
 * Adds a key to a consumer of a policy file. Only the new lines are put in: comments and layout stay, and a file in canonical layout stays canonical. What came out is read
 * again and must hold exactly one key more. Pure.
 */
export function addKey(text: string, consumer: string, key: KeyEntry): Edited {
  return edit(
    text,
    consumer,
    (root) => {
      const spec = mapAt(root, 'spec');
      const fields = fieldsOf(key);
      if (spec !== null) return addToList(text, spec, 'keys', fields);
      // A document without `spec`, or an empty one, gets it; its only field is the list.
      const lines = fields
        .map(([name, value], at) => `${at === 0 ? '\n    - ' : '\n      '}${name}: ${value}`)
        .join('');
      return setField(text, root, 'spec', `\n  keys:${lines}`);
    },
    (value) => {
      const spec = (value.spec ?? {}) as { readonly keys?: readonly unknown[] };
      const { environments } = key;
      const texts = fieldsOf({ ...key, environments: null }).map(([name, text]) => [name, plain(text)] as const);
      const entry = { ...Object.fromEntries(texts), ...(environments !== null && { environments }) };
      value.spec = { ...spec, keys: [...(spec.keys ?? []), entry] };
    },
  );
}

/** Sets the day on which a key ends. Pure. */
export function setExpiry(text: string, consumer: string, id: string, expiresAt: string): Edited {
  return edit(
    text,
    consumer,
    (root) => {
      const keys = mapAt(root, 'spec')?.get('keys', true);
      const item = isSeq(keys) ? keys.items.find((each) => isMap(each) && each.get('id') === id) : undefined;
      return isMap(item) ? setField(text, item, 'expiresAt', expiresAt) : null;
    },
    (value) => {
      const { keys = [] } = value.spec as { keys?: { id?: unknown; expiresAt?: string }[] };
      for (const key of keys) if (key.id === id) key.expiresAt = expiresAt;
    },
  );
}

/** The fields of a key in the order in which they are written. Pure. */
export function fieldsOf({ id, sha256, createdAt, expiresAt, note, environments }: KeyEntry): Fields {
  const fields: [string, string][] = [
    ['id', scalar(id)],
    ['sha256', scalar(sha256)],
    ['createdAt', createdAt],
    ['expiresAt', expiresAt],
  ];
  if (note !== null) fields.push(['note', JSON.stringify(note)]);
  if (environments !== null) fields.push(['environments', `[${environments.map(scalar).join(', ')}]`]);
  return fields;
}

type Value = Record<string, unknown>;

function edit(
  text: string,
  consumer: string,
  spliceFor: (root: YAMLMap) => Splice | null,
  change: (value: Value) => void,
): Edited {
  const document = findConsumer(text, consumer);
  if (document === null || !isMap(document.contents)) return null;
  const splice = spliceFor(document.contents as YAMLMap);
  if (splice === null) return null;
  const spliced = applySplice(text, splice);
  const expected = valuesOf(text);
  const after = valuesOf(spliced);
  if (expected === null || after === null) return null;
  change(expected[parse(text).findIndex((each) => isConsumer(each, consumer))] as Value);
  if (!isDeepStrictEqual(after, expected)) return null;
  return canonicalAsBefore(text, spliced);
}

function canonicalAsBefore(before: string, after: string): string {
  const was = formatPolicies(before, 'consumer.yaml');
  if (was.kind !== 'formatted' || was.changed) return after;
  const is = formatPolicies(after, 'consumer.yaml');
  return is.kind === 'formatted' ? is.text : after;
}

/** The values of all documents; null for a text that does not parse or refers to an anchor that is not there. */
function valuesOf(text: string): readonly unknown[] | null {
  const documents = parse(text);
  if (documents.some(({ errors }) => errors.length > 0)) return null;
  try {
    return documents.map((document) => document.toJS() as unknown);
  } catch {
    return null;
  }
}

function findConsumer(text: string, consumer: string): Document | null {
  return parse(text).find((document) => isConsumer(document, consumer)) ?? null;
}

function parse(text: string): readonly Document[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  return Array.isArray(documents) ? (documents as readonly Document[]) : [];
}

function isConsumer(document: Document, name: string): boolean {
  return document.get('kind') === 'Consumer' && document.getIn(['metadata', 'name']) === name;
}

/** Quoted where YAML would read the plain text as something else than this text, such as a number of hex digits. */
function scalar(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function plain(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
