import { hash } from 'node:crypto';

/** Serialises a JSON value with sorted keys and without white space or undefined fields: equal values give equal text. Pure. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  const fields: string[] = [];
  for (const key of Object.keys(object).sort()) {
    if (object[key] !== undefined) fields.push(`${JSON.stringify(key)}:${canonicalJson(object[key])}`);
  }
  return `{${fields.join(',')}}`;
}

/** The lower-case hex SHA-256 of a text or bytes. Pure. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** The content digest of a JSON value: SHA-256 over its canonical form, the same on every machine. Pure. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
