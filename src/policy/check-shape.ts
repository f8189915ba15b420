import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { asObject, asString, isObject, type JsonObject } from '#core';
import { TEXT_FORMATS } from './formats.ts';
import { meetsSchema } from './meets-schema.ts';
import { SCHEMAS, SHARED_SCHEMA } from './schemas.ts';
import { choiceMistake, formatMistake, limitMistake, typeMistake, unknownKeyMistake } from './shape-message.ts';
import { type ShapeMistake, showPath } from './shape-mistake.ts';
import type { Path } from './types.ts';
import { validatorLibrary } from './validator-library.ts';

/** Every mistake in the shape of a document's value, one finding each; none for a kind without a schema. Pure. */
export type ShapeCheck = (kind: string, value: JsonObject) => readonly ShapeMistake[];

/**
 * Makes a shape check. What meets its schema never comes to Ajv, which tells what is wrong with the rest: it compiles each kind's schema at that kind's first
 * mistake (10 to 50 ms) and keeps it. Compiling is the only cost that is worth sharing between calls.
 */
export function createShapeCheck(): ShapeCheck {
  let ajv: Ajv2020 | undefined;
  const compiled = new Map<string, ValidateFunction>();
  return (kind, value) => {
    const schema = Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind] : undefined;
    if (schema === undefined) return [];
    if (meetsSchema(schema, value)) return findDuplicates(value);
    ajv ??= createAjv();
    const validator = compiled.get(kind) ?? ajv.compile(schema);
    compiled.set(kind, validator);
    if (validator(value)) return findDuplicates(value);
    return [...collect(validator.errors ?? [], value), ...findDuplicates(value)];
  };
}

function createAjv(): Ajv2020 {
  // `verbose` hands every error its schema and data; unknown keywords are the schema tests' concern.
  // Optimising the code of a schema takes longer than a tree of policies needs to run it: a third of the compilation.
  const code = { optimize: false };
  const ajv = new (validatorLibrary())({
    allErrors: true,
    verbose: true,
    strict: false,
    logger: false,
    validateSchema: false,
    code,
  });
  for (const [name, format] of Object.entries(TEXT_FORMATS)) ajv.addFormat(name, format.isValid);
  return ajv.addSchema(SHARED_SCHEMA);
}

function collect(errors: readonly ErrorObject[], value: JsonObject): readonly ShapeMistake[] {
  const plain = errors.filter(
    (error) => error.keyword !== 'if' && error.keyword !== 'propertyNames' && !isBranch(error),
  );
  const conditions = errors.filter((error) => error.keyword === 'if');
  const unknown = plain
    .filter((error) => error.keyword === 'additionalProperties')
    .map((error) => unknownKeyMistake(error, pathOf(error, value)));
  const meant = new Set(
    unknown.flatMap(({ path, meant }) => (meant === undefined ? [] : [showPath([...path.slice(0, -1), meant])])),
  );

  const found: ShapeMistake[] = unknown.map(({ meant: _, ...mistake }) => mistake);
  const wrong = new Set(meant);
  const conditional: ErrorObject[] = [];
  for (const error of plain) {
    if (error.keyword === 'additionalProperties') continue;
    const path = pathOf(error, value);
    if (conditionOf(error, conditions)) {
      conditional.push(error);
      continue;
    }
    if (error.keyword === 'required') {
      const missing = showPath([...path, String(error.params.missingProperty)]);
      wrong.add(missing);
      if (!meant.has(missing)) found.push(missingMistake(error, path));
      continue;
    }
    wrong.add(showPath(path));
    found.push(toMistake(error, path));
  }
  for (const error of conditional) {
    const condition = conditionOf(error, conditions);
    const path = pathOf(error, value);
    const owner = error.keyword === 'required' ? path : path.slice(0, -1);
    // A condition on a key that is itself wrong says nothing about the others.
    if (!condition || condition.keys.some((key) => wrong.has(showPath([...owner, key])))) continue;
    if (error.keyword === 'required') found.push(missingMistake(error, path));
    else if (error.keyword === 'false schema') found.push(conflictMistake(path, condition.description));
    else found.push(toMistake(error, path));
  }
  return onePerPlace(found);
}

/** Errors inside the branches of a choice: the choice itself is reported. */
function isBranch(error: ErrorObject): boolean {
  return /\/(anyOf|oneOf|not)\/./.test(error.schemaPath);
}

interface Condition {
  /** The keys that the `if` looked at, in its outer conditions too. */
  readonly keys: readonly string[];
  readonly description: string | undefined;
}

/** The `if` whose failing branch made the error, or null for an error that holds whatever the other keys say. */
function conditionOf(error: ErrorObject, conditions: readonly ErrorObject[]): Condition | null {
  for (const condition of conditions) {
    const branch = branchOf(condition);
    if (!isCause(branch, error, condition)) continue;
    return { keys: conditionKeys(condition, conditions), description: asString(branch.description) };
  }
  return null;
}

function isCause(branch: JsonObject, error: ErrorObject, condition: ErrorObject): boolean {
  const owner = condition.instancePath;
  if (error.instancePath === owner) return error.parentSchema === branch;
  const key = error.instancePath.slice(owner.length + 1);
  if (!error.instancePath.startsWith(`${owner}/`) || key.includes('/')) return false;
  const field = asObject(branch.properties)[unescapeStep(key)];
  return error.keyword === 'false schema' ? field === false : field !== undefined && field === error.parentSchema;
}

function conditionKeys(condition: ErrorObject, conditions: readonly ErrorObject[]): readonly string[] {
  const own = Object.keys(asObject(asObject(asObject(condition.parentSchema).if).properties));
  const outer = conditions.find(
    (other) =>
      other !== condition &&
      other.instancePath === condition.instancePath &&
      branchOf(other) === condition.parentSchema,
  );
  return outer ? [...own, ...conditionKeys(outer, conditions)] : own;
}

function branchOf(condition: ErrorObject): JsonObject {
  return asObject(asObject(condition.parentSchema)[String(condition.params.failingKeyword)]);
}

function toMistake(error: ErrorObject, path: Path): ShapeMistake {
  if (error.keyword === 'type') return typeMistake(error, path);
  if (error.keyword === 'enum' || error.keyword === 'const') return choiceMistake(error, path);
  if (error.keyword === 'format') return formatMistake(error, path);
  if (error.keyword === 'false schema') return conflictMistake(path, undefined);
  return limitMistake(error, path);
}

function missingMistake(error: ErrorObject, path: Path): ShapeMistake {
  const key = String(error.params.missingProperty);
  const schema = asObject(error.parentSchema);
  const base = { rule: 'schema/missing-key', path, at: 'item' } as const;
  // A branch of a condition has no type of its own; its description says what the whole condition asks for.
  if (schema.type === undefined && schema.description !== undefined) {
    const message = `${showPath(path)} lacks the key \`${key}\`: ${schema.description}`;
    return { ...base, message, hint: `Add \`${key}\`.` };
  }
  const description = asString(asObject(asObject(schema.properties)[key]).description);
  const message = `${showPath(path)} lacks the key \`${key}\``;
  return { ...base, message, hint: `Add \`${key}\`${description === undefined ? '.' : `: ${description}`}` };
}

function conflictMistake(path: Path, description: string | undefined): ShapeMistake {
  const message = `${showPath(path)} does not go with the other keys here`;
  return { rule: 'schema/value', path, at: 'key', message, hint: description ?? 'Remove it.' };
}

/** A wrong type makes every other rule about the same value noise; several branches may say the same. */
function onePerPlace(mistakes: readonly ShapeMistake[]): readonly ShapeMistake[] {
  const rank = {
    'secret/literal': 0,
    'schema/type': 1,
    'schema/unknown-key': 2,
    'schema/value': 3,
    'schema/format': 4,
    'schema/missing-key': 5,
  };
  const kept = new Map<string, ShapeMistake>();
  for (const mistake of mistakes) {
    const isAbsence = mistake.at === 'item';
    const key = `${mistake.at} ${showPath(mistake.path)} ${isAbsence ? mistake.message : ''}`;
    const other = kept.get(key);
    if (!other || rank[mistake.rule] < rank[other.rule]) kept.set(key, mistake);
  }
  return [...kept.values()];
}

function pathOf(error: ErrorObject, root: unknown): Path {
  const path: (string | number)[] = [];
  let value = root;
  for (const escaped of error.instancePath.split('/').slice(1)) {
    const step = unescapeStep(escaped);
    path.push(Array.isArray(value) ? Number(step) : step);
    value = Array.isArray(value) ? value[Number(step)] : asObject(value)[step];
  }
  return path;
}

function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Free-form values: whatever they hold is the author's. */
const FREE_FORM = new Set(['params', 'set', 'value', 'metadata', 'headers']);

/** Items of a list are told apart by `id`, else by `name`; overlays and counters rely on it. */
function findDuplicates(value: unknown, path: Path = []): readonly ShapeMistake[] {
  if (Array.isArray(value)) {
    const seen = new Set<unknown>();
    return value.flatMap((item, index) => {
      const inner = findDuplicates(item, [...path, index]);
      const key = asString(asObject(item).id) === undefined ? 'name' : 'id';
      const id = asString(asObject(item)[key]);
      if (id === undefined || !seen.has(id)) {
        seen.add(id);
        return inner;
      }
      return [...inner, duplicateMistake([...path, index, key])];
    });
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const isFree = FREE_FORM.has(key) || key.startsWith('x-');
    return isFree || typeof field !== 'object' ? [] : findDuplicates(field, [...path, key]);
  });
}

function duplicateMistake(path: Path): ShapeMistake {
  const message = `${showPath(path)} is the \`${path.at(-1)}\` of an earlier item of the list`;
  return { rule: 'schema/value', path, at: 'value', message, hint: 'Give each item its own.' };
}
