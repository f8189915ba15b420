import { isObject, type JsonObject, parseJson } from '#core';
import { StoreError } from './store-error.ts';

/** What a reference asks a store for. */
export interface SecretName {
  /** What the store calls it. */
  readonly name: string;
  /** A version that stays; null for the newest. */
  readonly version: string | null;
  /** A field of the object that the secret is; null for all of it. */
  readonly field: string | null;
}

/** What a store gave: a text, or an object where the store keeps objects. */
export type SecretContent = string | JsonObject;

/** Reads `NAME?version=V#FIELD`. Pure. */
export function parseSecretName(key: string): SecretName {
  const [, name = key, version, field] = /^([^?#]+)(?:\?version=([^#]+))?(?:#(.+))?$/.exec(key) ?? [];
  return { name, version: version ?? null, field: field ?? null };
}

/** The value that a reference means; an object without a named field is its only one. Throws StoreError (`malformed`). Pure. */
export function pickField(content: SecretContent, field: string | null): string {
  if (field === null) {
    if (typeof content === 'string') return content;
    const [only, ...others] = Object.values(content);
    if (typeof only === 'string' && others.length === 0) return only;
    throw new StoreError('malformed', 'the secret has several fields: name one, as in `NAME#FIELD`');
  }
  const fields = typeof content === 'string' ? parseJson(content) : content;
  if (!isObject(fields)) throw new StoreError('malformed', `the secret is no object that has a field ${field}`);
  const value = fields[field];
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new StoreError('malformed', `the secret has no text in its field ${field}`);
}
