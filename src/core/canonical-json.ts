import { hash } from 'node:crypto';

/** Serialises a JSON value with sorted keys and without white space or undefined fields: equal values give equal text. Pure. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const object = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(object).sort()) {
    const field = object[key];
    if (field === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return `{${text}}`;
}

/** The lower-case hex SHA-256 of a text or bytes. Pure. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** The content digest of a JSON value: SHA-256 over its canonical form, the same on every machine. Pure. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
