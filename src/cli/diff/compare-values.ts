import { canonicalJson, isObject, type JsonObject, parseBytes, parseDuration, parseMoney, parseShare } from '#core';
import { fieldSchemas, resolveSchema } from '#policy';

/** A part of a document that is not the same on both sides; undefined where a side has none. */
export interface ValueChange {
  /** From `spec`, items of lists by id: `targets[gpt].model`. */
  readonly path: string;
  /** The same as keys and positions, for looking up places; null where the side has no such part. */
  readonly fromPath: readonly (string | number)[] | null;
  readonly toPath: readonly (string | number)[] | null;
  readonly from: unknown;
  readonly to: unknown;
}

interface Part {
  readonly value: unknown;
  readonly path: readonly (string | number)[];
}

/** The smallest parts that differ. What means the same (`60s` and `1m`) is the same; items with an id are told apart by it, their order is a part of its own. Pure. */
export function compareValues(from: unknown, to: unknown): readonly ValueChange[] {
  return comparePart({ value: from, path: [] }, { value: to, path: [] }, '');
}

/** A value with the defaults of its schema in place of what is not written. Pure. */
export function withDefaults(value: unknown, schema: unknown): unknown {
  const resolved = resolveSchema(schema);
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, resolved.items));
  if (!isObject(value)) return value;
  const fields = fieldSchemas(resolved);
  const filled: Record<string, unknown> = { ...value };
  for (const [key, field] of Object.entries(fields)) {
    const { default: preset } = resolveSchema(field);
    if (filled[key] === undefined && preset !== undefined) filled[key] = preset;
  }
  return Object.fromEntries(Object.entries(filled).map(([key, item]) => [key, withDefaults(item, fields[key])]));
}

function comparePart(from: Part | null, to: Part | null, path: string): readonly ValueChange[] {
  if (isSame(from?.value, to?.value)) return [];
  const whole: ValueChange = {
    path,
    fromPath: from?.path ?? null,
    toPath: to?.path ?? null,
    from: from?.value,
    to: to?.value,
  };
  const before = partsOf(from, path);
  const after = partsOf(to, path);
  if (before === null || after === null) return [whole];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const changes = keys.flatMap((key) => comparePart(before.get(key) ?? null, after.get(key) ?? null, key));
  return [...changes, ...orderChange(before, after, whole)];
}

/** An order is told as a whole, by ids; a map has none. */
function orderChange(
  before: ReadonlyMap<string, Part>,
  after: ReadonlyMap<string, Part>,
  whole: ValueChange,
): readonly ValueChange[] {
  if (!Array.isArray(whole.from) || !Array.isArray(whole.to)) return [];
  const kept = (these: ReadonlyMap<string, Part>, others: ReadonlyMap<string, Part>) =>
    [...these.keys()].filter((key) => others.has(key));
  if (kept(before, after).join() === kept(after, before).join()) return [];
  return [{ ...whole, path: `${whole.path} order`, from: idsOf(whole.from), to: idsOf(whole.to) }];
}

function idsOf(items: readonly unknown[]): readonly string[] {
  return items.map(idOf).filter((id) => id !== null);
}

/** The parts of a map, or of a list whose items all have an id; null for what is compared as a whole. */
function partsOf(part: Part | null, path: string): ReadonlyMap<string, Part> | null {
  if (part === null) return null;
  const { value, path: steps } = part;
  if (isObject(value) && Object.keys(value).length > 0) {
    return new Map(
      Object.entries(value).map(([key, item]) => [
        path === '' ? key : `${path}.${key}`,
        { value: item, path: [...steps, key] },
      ]),
    );
  }
  if (!Array.isArray(value) || value.length === 0 || value.some((item) => idOf(item) === null)) return null;
  return new Map(value.map((item, at) => [`${path}[${idOf(item)}]`, { value: item as unknown, path: [...steps, at] }]));
}

function idOf(item: unknown): string | null {
  if (!isObject(item)) return null;
  const id = item.id ?? item.name;
  return typeof id === 'string' ? id : null;
}

/** Nothing, null and an empty map say the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (isNothing(a) && isNothing(b)) return true;
  if (canonicalJson(a ?? null) === canonicalJson(b ?? null)) return true;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  return [parseDuration, parseMoney, parseShare, parseBytes].some((parse) => {
    const amount = parse(a);
    return amount !== null && amount === parse(b);
  });
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value as JsonObject).length === 0);
}
