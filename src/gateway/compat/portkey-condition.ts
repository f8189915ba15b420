import { isObject } from '#core';

/** What a condition may look at: `metadata.…`, `params.…`. */
export interface ConditionInput {
  readonly metadata: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A checked query of a conditional strategy. */
export type Condition = (input: ConditionInput) => boolean;

type Compare = (actual: unknown, wanted: unknown) => boolean;

const OPERATORS: Readonly<Record<string, Compare>> = Object.freeze({
  $eq: (actual, wanted) => same(actual, wanted),
  $ne: (actual, wanted) => !same(actual, wanted),
  $gt: (actual, wanted) => Number(actual) > Number(wanted),
  $gte: (actual, wanted) => Number(actual) >= Number(wanted),
  $lt: (actual, wanted) => Number(actual) < Number(wanted),
  $lte: (actual, wanted) => Number(actual) <= Number(wanted),
  $in: (actual, wanted) => Array.isArray(wanted) && wanted.some((each) => same(actual, each)),
  $nin: (actual, wanted) => Array.isArray(wanted) && !wanted.some((each) => same(actual, each)),
});

/** Compiles a query of `{field: {$op: value}}`, `$and` and `$or`; returns what was expected where it cannot. `$regex` is refused: its patterns can take for ever. Pure. */
export function readCondition(query: unknown): Condition | string {
  if (!isObject(query)) return 'an object of conditions';
  const parts: Condition[] = [];
  for (const [key, value] of Object.entries(query)) {
    const part = key === '$and' || key === '$or' ? readList(key, value) : readField(key, value);
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  return (input) => parts.every((part) => part(input));
}

function readList(operator: string, value: unknown): Condition | string {
  if (!Array.isArray(value)) return `a list under ${operator}`;
  const parts: Condition[] = [];
  for (const item of value) {
    const part = readCondition(item);
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  return operator === '$and'
    ? (input) => parts.every((part) => part(input))
    : (input) => parts.some((part) => part(input));
}

function readField(field: string, value: unknown): Condition | string {
  const dot = field.indexOf('.');
  const scope = field.slice(0, dot);
  const key = field.slice(dot + 1);
  if (scope !== 'metadata' && scope !== 'params')
    return `a condition on metadata.… or params.…, not ${field.slice(0, 64)}`;
  const tests = isObject(value) ? Object.entries(value) : [['$eq', value] as const];
  const unknown = tests.find(([operator]) => !Object.hasOwn(OPERATORS, operator));
  if (unknown !== undefined) return `one of ${Object.keys(OPERATORS).join(', ')}, not ${unknown[0].slice(0, 64)}`;
  return (input) => {
    const actual = Object.hasOwn(input[scope], key) ? input[scope][key] : undefined;
    return tests.every(([operator, wanted]) => OPERATORS[operator]?.(actual, wanted) === true);
  };
}

/** Metadata are texts, so `3` in a query means the text too. */
function same(actual: unknown, wanted: unknown): boolean {
  return actual === wanted || (actual !== undefined && wanted !== null && String(actual) === String(wanted));
}
