import { isObject, type JsonObject } from '#core';

/** A query of one field that must equal one of some values, as a route's `match`; null for anything else. Pure. */
export function exactMatch(query: unknown): JsonObject | null {
  if (!isObject(query)) return null;
  const entries = Object.entries(query);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return null;
  const [field, test] = entry;
  const values = valuesOf(test);
  if (values === null || values.length === 0 || values.some((value) => value.includes('*') || value === ''))
    return null;
  if (field.startsWith('metadata.') && field.length > 9) return { metadata: { [field.slice(9)]: values } };
  return field === 'params.model' ? { models: values } : null;
}

function valuesOf(test: unknown): readonly string[] | null {
  if (isScalar(test)) return [String(test)];
  if (!isObject(test)) return null;
  const entries = Object.entries(test);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return null;
  const [operator, wanted] = entry;
  if (operator === '$eq') return isScalar(wanted) ? [String(wanted)] : null;
  if (operator === '$in') return Array.isArray(wanted) && wanted.every(isScalar) ? wanted.map(String) : null;
  return null;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const PARAMS: Readonly<Record<string, readonly [name: string, type: 'text' | 'number' | 'bool']>> = {
  model: ['request.model', 'text'],
  temperature: ['request.temperature', 'number'],
  max_tokens: ['request.maxOutputTokens', 'number'],
  max_completion_tokens: ['request.maxOutputTokens', 'number'],
  stream: ['request.stream', 'bool'],
};
const COMPARE: Readonly<Record<string, string>> = { $eq: '==', $ne: '!=', $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };

/** A query of Portkey as a CEL condition over what a route sees; null where it cannot be said. Pure. */
export function toCel(query: unknown): string | null {
  if (!isObject(query)) return null;
  const parts = Object.entries(query).map(([key, value]) =>
    key === '$and' || key === '$or' ? list(key, value) : field(key, value),
  );
  return parts.length === 0 || parts.includes(null) ? null : parts.join(' && ');
}

function list(operator: string, value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const parts = value.map(toCel);
  return parts.includes(null)
    ? null
    : `(${parts.map((part) => `(${part})`).join(operator === '$and' ? ' && ' : ' || ')})`;
}

function field(name: string, test: unknown): string | null {
  const place = placeOf(name);
  if (place === null) return null;
  const tests = isObject(test) ? Object.entries(test) : [['$eq', test] as const];
  const parts = tests.map(([operator, wanted]) => compare(place, operator, wanted));
  return parts.length === 0 || parts.includes(null) ? null : parts.join(' && ');
}

type Place = readonly [expression: string, type: 'text' | 'number' | 'bool'];

function placeOf(name: string): Place | null {
  if (name.startsWith('metadata.') && name.length > 9) return [`metadata[${quoted(name.slice(9))}]`, 'text'];
  return name.startsWith('params.') ? (PARAMS[name.slice(7)] ?? null) : null;
}

function compare([expression, type]: Place, operator: string, wanted: unknown): string | null {
  if (operator === '$in' || operator === '$nin') {
    if (!Array.isArray(wanted) || wanted.length === 0 || !wanted.every(isScalar)) return null;
    const values = wanted.map((value) => literal(value, type));
    if (values.includes(null)) return null;
    return operator === '$in'
      ? `${expression} in [${values.join(', ')}]`
      : `!(${expression} in [${values.join(', ')}])`;
  }
  if (operator === '$regex')
    return typeof wanted === 'string' && type === 'text' ? `re2(${expression}, ${quoted(wanted)})` : null;
  const sign = COMPARE[operator];
  if (sign === undefined || !isScalar(wanted)) return null;
  // Texts have no order by size: `metadata.age > 3` would compare letters.
  if (type !== 'number' && sign !== '==' && sign !== '!=') return null;
  const value = literal(wanted, type);
  return value === null ? null : `${expression} ${sign} ${value}`;
}

function literal(value: string | number | boolean, type: Place[1]): string | null {
  if (type === 'text') return quoted(String(value));
  if (type === 'bool') return typeof value === 'boolean' ? String(value) : null;
  const number = Number(value);
  return Number.isFinite(number) && typeof value !== 'boolean'
    ? Number.isInteger(number)
      ? `${number}.0`
      : String(number)
    : null;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
