import { holdsSecret, isObject } from '#core';
import { looksPrivate } from '#decision-log';
import { findSecrets } from '#policy';
import recordSchema from '../../../schemas/traffic-record.schema.json' with { type: 'json' };

/** Something in a record that must not be published. The text itself is never told. */
export interface Leak {
  /** Dotted path of the field. */
  readonly field: string;
  readonly what:
    | 'not part of a record'
    | 'an e-mail address, a key, a card or a phone number'
    | 'a secret'
    | 'random-looking text'
    | 'free text';
}

/** Fields that hold digests, pseudonyms and ids: random by their nature, and nothing but that. */
const RANDOM_FIELDS: ReadonlyMap<RegExp, RegExp> = new Map([
  [/^(digest|catalogDigest)$/, /^[0-9a-f]{64}$/],
  [/^revision$/, /^[0-9a-f]{12}$/],
  [/^id$/, /^[A-Za-z0-9_.:-]{1,128}$/],
  [/^request\.digests\.(prompt|system|tools)$/, /^(?:p_)?[0-9a-f]{8,64}$|^[A-Za-z0-9_-]{8,48}$/],
  [/^request\.session$/, /^(?:p_)?[A-Za-z0-9_-]{1,64}$/],
]);

const STAND_IN = /^p_[A-Za-z0-9_-]{8,64}$/;
const LONGEST = 300;

interface FieldSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly additionalProperties?: boolean | FieldSchema;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly oneOf?: readonly FieldSchema[];
}

/** What a record holds that it must not: fields of no record, personal data, secrets, random-looking or free text. Pure. */
export function leaksOf(record: unknown): readonly Leak[] {
  const leaks: Leak[] = [];
  visit(record, recordSchema as FieldSchema, '', leaks);
  return leaks;
}

function visit(value: unknown, schema: FieldSchema, path: string, leaks: Leak[]): void {
  const resolved = resolve(schema, value);
  if (typeof value === 'string') {
    const what = whatIs(value, path);
    if (what !== null) leaks.push({ field: path, what });
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) visit(item, resolved.items ?? {}, path, leaks);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const field = path === '' ? key : `${path}.${key}`;
    const known = resolved.properties?.[key];
    if (known !== undefined) visit(inner, known, field, leaks);
    else if (isFree(resolved)) {
      const what = whatIs(key, `${path} (key)`);
      if (what !== null) leaks.push({ field: `${path} (key)`, what });
      visit(
        inner,
        isSchema(resolved.additionalProperties) ? resolved.additionalProperties : {},
        what === null ? field : path,
        leaks,
      );
    } else leaks.push({ field: whatIs(key, 'key') === null ? field : `${path} (key)`, what: 'not part of a record' });
  }
}

/** Free keys are those of maps: labels, metadata, counters. */
function isFree(schema: FieldSchema): boolean {
  return schema.properties === undefined || isSchema(schema.additionalProperties);
}

function isSchema(value: unknown): value is FieldSchema {
  return isObject(value);
}

function resolve(schema: FieldSchema, value: unknown): FieldSchema {
  if (schema.$ref?.startsWith('#/$defs/')) {
    const definitions = (recordSchema as { readonly $defs?: Readonly<Record<string, unknown>> }).$defs ?? {};
    const found = definitions[schema.$ref.slice('#/$defs/'.length)];
    return isSchema(found) ? resolve(found, value) : {};
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices === undefined) return schema;
  const resolved = choices.map((choice) => resolve(choice, value));
  return (
    resolved.find((choice) => (Array.isArray(value) ? choice.items !== undefined : choice.properties !== undefined)) ??
    {}
  );
}

function whatIs(text: string, path: string): Leak['what'] | null {
  for (const [field, form] of RANDOM_FIELDS) {
    if (!field.test(path)) continue;
    if (form.test(text)) return null;
    return looksPrivate(text) ? 'an e-mail address, a key, a card or a phone number' : 'random-looking text';
  }
  if (STAND_IN.test(text)) return null;
  if (isCounterKey(text))
    return looksPrivate(decodeText(text)) && !/^budget:[^:]*:[^:]*:\d{4}-/.test(text)
      ? 'an e-mail address, a key, a card or a phone number'
      : entropyOf(text);
  if (isTime(text) || /^https:\/\/[\w.-]+(?:\/[\w./#?=&%-]*)?$/.test(text)) return null;
  if (looksPrivate(text) || holdsSecret(text)) return 'an e-mail address, a key, a card or a phone number';
  // Keys known by their shape are told above; names of models look random to the rest.
  if (!isName(text) && findSecrets(text).length > 0) return 'a secret';
  if (text.length > LONGEST || text.split(/\s+/).length > 12) return 'free text';
  return entropyOf(text);
}

function entropyOf(text: string): Leak['what'] | null {
  const tokens = text.match(/[A-Za-z0-9+/=_-]{24,}/g) ?? [];
  return tokens.some(isRandom) ? 'random-looking text' : null;
}

/** Words, numbers and versions with something between them, such as `anthropic/claude-haiku-4-5`: names of models are as long as keys, but fall into such pieces. */
const PIECE = /^(?:[a-z]+\d{0,3}[a-z]?|\d{1,8}|[a-z]?\d{1,4}[a-z]{0,3}\d{0,3}[a-z]?)$/i;

/** Piece by piece: one expression for the whole would try each way of reading each piece with each of the others. */
function isName(text: string): boolean {
  const pieces = text.split(/[-_/.:]/);
  return pieces.length > 2 && pieces.every((piece) => PIECE.test(piece));
}

/** Words and names repeat letters and come in one case; 24 random characters have more than 3.5 bits each, with digits among them. */
function isRandom(token: string): boolean {
  if (!/\d/.test(token) || !/[A-Za-z]/.test(token)) return false;
  const counts = new Map<string, number>();
  for (const character of token) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / token.length) * Math.log2(count / token.length);
  return bits > 3.5 && !isName(token);
}

function isCounterKey(text: string): boolean {
  return /^budget:[^:]+:/.test(text);
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(text);
}
