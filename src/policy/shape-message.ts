import type { ErrorObject } from 'ajv';
import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import { TEXT_FORMATS } from './formats.ts';
import { fieldSchemas } from './schemas.ts';
import { looksSecret } from './secret-like.ts';
import { formatFix, onlyMeaning, spellingFix, typeFix } from './shape-fix.ts';
import { type ShapeFix, type ShapeMistake, showList, showPath } from './shape-mistake.ts';
import { suggest } from './suggest.ts';
import type { Path } from './types.ts';

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

function withFix(fix: ShapeFix | undefined): { readonly fix?: ShapeFix } {
  return fix === undefined ? {} : { fix };
}

/** Wrong JSON type; plain text where a reference to a secret belongs has its own rule. Pure. */
export function typeMistake(error: ErrorObject, path: Path): ShapeMistake {
  const schema = asObject(error.parentSchema);
  const types: readonly unknown[] = [error.params.type].flat();
  if (schema.title === 'SecretRef' && !isObject(error.data) && !Array.isArray(error.data) && error.data !== null) {
    return {
      rule: 'secret/literal',
      path,
      at: 'value',
      message: `${showPath(path)} holds a secret in plain sight; a reference is expected`,
      hint: 'Write {env: NAME}, {file: PATH} or {store: NAME, key: KEY}, and replace the secret if this file was ever shared.',
    };
  }
  const format = TEXT_FORMATS[asString(schema.format) ?? ''];
  const expected =
    format?.form ??
    types
      .filter((type) => type !== 'null')
      .map((type) => TYPE_NAMES[String(type)] ?? 'a value')
      .join(' or ');
  const hint = typeHint(error.data, types, schema);
  return {
    rule: 'schema/type',
    path,
    at: 'value',
    message: `${showPath(path)} must be ${expected}, found ${showKind(error.data)}`,
    ...hint,
    ...withFix(typeFix(error.data, types, asString(schema.format))),
  };
}

function typeHint(data: unknown, types: readonly unknown[], schema: JsonObject): { readonly hint?: string } {
  const format = TEXT_FORMATS[asString(schema.format) ?? ''];
  if (data === null) return { hint: 'Write a value, or remove the key.' };
  if (format) return { hint: `Write it like ${format.example}.` };
  if (types.includes('array') && !isObject(data))
    return { hint: showsSafely(data) ? `Write a list: [${data}].` : 'Write a list: put the value in [ ].' };
  if (types.includes('string') && typeof data !== 'object') return { hint: `Quote it: "${data}".` };
  if (typeof data === 'string' && /^(yes|no|on|off)$/i.test(data) && types.includes('boolean')) {
    return { hint: `Write ${/^(yes|on)$/i.test(data) ? 'true' : 'false'}: in YAML 1.2 \`${data}\` is text.` };
  }
  if (typeof data === 'string' && (types.includes('number') || types.includes('integer')))
    return { hint: 'Write the number without quotes or unit.' };
  const example = asArray(schema.examples)[0];
  return example === undefined ? {} : { hint: `For example: ${JSON.stringify(example)}.` };
}

function showKind(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (isObject(data)) return 'a map';
  if (typeof data === 'string') return showsSafely(data) ? `the text \`${data}\`` : 'text';
  return typeof data === 'boolean' ? `\`${data}\`` : `the number ${data}`;
}

function showsSafely(data: unknown): boolean {
  if (typeof data !== 'string') return typeof data === 'number' || typeof data === 'boolean';
  return data.length > 0 && data.length <= 40 && !/[\n`\p{C}]/u.test(data) && !looksSecret(data);
}

/** A value outside a closed list. Pure. */
export function choiceMistake(error: ErrorObject, path: Path): ShapeMistake {
  const allowed = (error.keyword === 'const' ? [error.params.allowedValue] : asArray(error.params.allowedValues)).map(
    String,
  );
  const near = typeof error.data === 'string' ? suggest(error.data, allowed) : undefined;
  return {
    rule: 'schema/value',
    path,
    at: 'value',
    message: `${showPath(path)} must be ${showList(allowed)}, found ${showKind(error.data)}`,
    ...(near !== undefined && { hint: `Did you mean \`${near}\`?` }),
    ...withFix(typeof error.data === 'string' ? spellingFix(error.data, allowed) : undefined),
  };
}

/** Text that is not of its form. Pure. */
export function formatMistake(error: ErrorObject, path: Path): ShapeMistake {
  const format = TEXT_FORMATS[String(error.params.format)];
  const found = showsSafely(error.data) ? `\`${error.data}\` is none` : 'this text is none';
  return {
    rule: 'schema/format',
    path,
    at: 'value',
    message: `${showPath(path)} must be ${format?.form ?? 'of another form'}; ${found}`,
    ...(format && { hint: `Write it like ${format.example}.` }),
    ...withFix(typeof error.data === 'string' ? formatFix(error.data, String(error.params.format)) : undefined),
  };
}

/** A key the schema does not know, with the likeliest intention. `meant` is that key where it is one of the same map. Pure. */
export function unknownKeyMistake(error: ErrorObject, path: Path): ShapeMistake & { readonly meant?: string } {
  const key = String(error.params.additionalProperty);
  const fields = fieldSchemas(error.parentSchema);
  const names = Object.keys(fields);
  const absent = names.filter((name) => !Object.hasOwn(asObject(error.data), name));
  const meant = suggest(key, absent) ?? suggest(key, names);
  const where = path.length === 0 ? 'a document' : showPath(path);
  const message = `\`${key}\` is not a key of ${where}`;
  const base = { rule: 'schema/unknown-key', path: [...path, key], at: 'key', message } as const;
  if (meant !== undefined && absent.includes(meant)) {
    const isSure = onlyMeaning(key, absent) === meant;
    const fix: ShapeFix | undefined = isSure
      ? { kind: 'replace', title: `rename the key to \`${meant}\``, text: meant }
      : undefined;
    return { ...base, hint: `Did you mean \`${meant}\`?`, meant, ...withFix(fix) };
  }
  const home = names.find((name) => Object.hasOwn(fieldSchemas(fields[name]), key));
  if (home !== undefined) return { ...base, hint: `\`${key}\` belongs in \`${home}\`.` };
  return { ...base, hint: `Known keys: ${showList(names)}; keys of your own begin with \`x-\`.` };
}

/** Any other rule about one value: ranges, lengths, repetitions. Pure. */
export function limitMistake(error: ErrorObject, path: Path): ShapeMistake {
  const { limit } = error.params as { readonly limit?: number };
  const subject = showPath(path);
  const found = typeof error.data === 'number' ? `, found ${error.data}` : '';
  if (error.keyword === 'uniqueItems') {
    const position = Math.max(Number(error.params.i), Number(error.params.j));
    return {
      rule: 'schema/value',
      path: [...path, position],
      at: 'value',
      message: `${showPath([...path, position])} repeats an earlier item`,
      hint: 'Remove it.',
      fix: { kind: 'remove', title: 'remove the repeated item' },
    };
  }
  const messages: Readonly<Record<string, string>> = {
    minimum: `${subject} must be at least ${limit}${found}`,
    maximum: `${subject} must be at most ${limit}${found}`,
    exclusiveMinimum: `${subject} must be more than ${limit}${found}`,
    exclusiveMaximum: `${subject} must be less than ${limit}${found}`,
    multipleOf: `${subject} must be a multiple of ${error.params.multipleOf}${found}`,
    minLength: limit === 1 ? `${subject} must not be empty` : `${subject} must have at least ${limit} characters`,
    maxLength: `${subject} must have at most ${limit} characters`,
    minItems: limit === 1 ? `${subject} must not be an empty list` : `${subject} must have at least ${limit} items`,
    maxItems: `${subject} must have at most ${limit} items`,
    minProperties: limit === 1 ? `${subject} must not be an empty map` : `${subject} must have at least ${limit} keys`,
    maxProperties: limit === 1 ? `${subject} must have exactly one key` : `${subject} must have at most ${limit} keys`,
  };
  const message = messages[error.keyword] ?? `${subject} ${error.message ?? 'is not allowed'}`;
  const hint = asString(asObject(error.parentSchema).description);
  return { rule: 'schema/value', path, at: 'value', message, ...(hint !== undefined && { hint }) };
}
