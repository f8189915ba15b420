import { invalidField, type JsonObject } from '#core';

/**
 * The key under which a body holds a field: Google's JSON parsers take `camelCase` and `snake_case` alike (protobuf
 * JSON mapping). Throws `invalid_request` when both are there, since the upstream might heed another one than policy
 * did. Pure.
 */
export function keyOf(object: JsonObject, name: string, path: string): string {
  const snake = snakeCase(name);
  if (snake === name || object[snake] === undefined) return name;
  if (object[name] !== undefined) {
    throw invalidField(joinPath(path, name), `expected one spelling, found both ${name} and ${snake}`);
  }
  return snake;
}

/** The value of a field in either spelling, for lax reading; null counts as absent. Pure. */
export function fieldOf(object: JsonObject, name: string): unknown {
  return object[name] ?? object[snakeCase(name)] ?? undefined;
}

/** The names in both spellings, to leave known fields out. Pure. */
export function bothSpellings(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, snakeCase(name)]));
}

/** `parent.name`, or the name alone at the top. Pure. */
export function joinPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

/** `topP` for `top_p`. Pure. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
