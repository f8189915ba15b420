import { asString, isObject, type JsonObject } from '#core';
import type { Path } from './types.ts';

/** A place where a document says where a secret comes from. */
export interface SecretReference {
  readonly path: Path;
  /** Such as `env:NAME`, `file:PATH`, `store:STORE/KEY`. */
  readonly id: string;
  /** The reference as written; `store` and `key` where it names a store. */
  readonly value: JsonObject;
  /** Null where it names none. */
  readonly store: string | null;
}

const FIELDS: ReadonlySet<string> = new Set(['env', 'file', 'store', 'key', 'createdAt', 'optional']);
// What is the author's own, or another language's.
const FOREIGN: ReadonlySet<string> = new Set(['schema', 'params']);

/** Every reference to a secret within a value, in order: what has the shape of one, wherever it stands. Pure. */
export function findSecretReferences(value: unknown, path: Path = ['spec']): readonly SecretReference[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => findSecretReferences(item, [...path, at]));
  if (!isObject(value)) return [];
  // Names of headers begin with `x-` as well, and are no keys of the author's own.
  const own = Object.keys(value).filter((name) => path.at(-1) === 'headers' || !name.startsWith('x-'));
  const id = idOf(value);
  if (id !== null && own.every((name) => FIELDS.has(name))) {
    return [{ path, id, value, store: asString(value.store) ?? null }];
  }
  return own.filter((name) => !FOREIGN.has(name)).flatMap((name) => findSecretReferences(value[name], [...path, name]));
}

function idOf({ env, file, store, key }: JsonObject): string | null {
  if (typeof env === 'string') return `env:${env}`;
  if (typeof file === 'string') return `file:${file}`;
  return typeof store === 'string' && typeof key === 'string' ? `store:${store}/${key}` : null;
}
