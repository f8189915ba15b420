import { asArray, asString, isObject, type JsonObject } from '#core';
import { fieldOf } from './spelling.ts';

/** A function call whose arguments come in pieces, as Vertex sends them to callers who ask for that. */
export interface PartialCall {
  readonly id: string | undefined;
  readonly name: string;
  /** Takes a further piece; false for the first piece of another call. */
  readonly add: (call: JsonObject, signature: string | undefined) => boolean;
  /** What has come so far, as JSON. */
  readonly arguments: () => string;
  readonly signature: () => string | undefined;
}

type Step = string | number;
type Holder = Record<string, unknown> | unknown[];

/** Lists longer than any call has are a mistake of the model. */
const MAX_INDEX = 10_000;
const STEP = /\.([^.[\]]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** Whether a call is one of those: it says so, or brings pieces of arguments. Pure. */
export function isPartial(call: JsonObject): boolean {
  return fieldOf(call, 'willContinue') === true || Array.isArray(fieldOf(call, 'partialArgs'));
}

/**
 * Gathers the pieces of one call: `{name, willContinue}` first, then `{partialArgs: [{jsonPath, stringValue | numberValue | boolValue | nullValue,
 * willContinue}], willContinue}`, at last one without `willContinue` (Vertex AI, FunctionCall and PartialArg, read 2026-11).
 */
export function createPartialCall(first: JsonObject): PartialCall {
  const id = asString(first.id);
  const name = asString(first.name) ?? '';
  const root: Holder = emptyObject();
  let growing: string | null = null;
  let signature: string | undefined;

  function addPiece(piece: JsonObject): void {
    const path = asString(fieldOf(piece, 'jsonPath')) ?? '';
    const steps = stepsOf(path);
    if (steps === null) return;
    const value = readValue(piece);
    place(root, steps, (before) =>
      growing === path && typeof before === 'string' && typeof value === 'string' ? before + value : value,
    );
    growing = fieldOf(piece, 'willContinue') === true ? path : null;
  }

  return {
    id,
    name,
    add(call, its) {
      const isOther = (asString(call.name) ?? name) !== name || (id !== undefined && (asString(call.id) ?? id) !== id);
      if (isOther) return false;
      signature ??= its;
      if (isObject(call.args)) Object.assign(root, call.args);
      for (const piece of asArray(fieldOf(call, 'partialArgs'))) if (isObject(piece)) addPiece(piece);
      return true;
    },
    arguments: () => JSON.stringify(root),
    signature: () => signature,
  };
}

/** Without a prototype, so that no name of a field means more than a field. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function readValue(piece: JsonObject): unknown {
  return fieldOf(piece, 'stringValue') ?? fieldOf(piece, 'numberValue') ?? fieldOf(piece, 'boolValue') ?? null;
}

/** The steps of `$.foo.bar[0]['data']`; null for another expression. */
function stepsOf(path: string): readonly Step[] | null {
  if (!path.startsWith('$')) return null;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return null;
    const [, plain, index, single, double] = found;
    if (index !== undefined && Number(index) > MAX_INDEX) return null;
    steps.push(index === undefined ? (plain ?? unescaped(single ?? double ?? '')) : Number(index));
  }
  return steps.length === 0 || typeof steps[0] === 'number' ? null : steps;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

/** Puts a value where the steps lead, with the objects and lists on the way. */
function place(root: Holder, steps: readonly Step[], change: (before: unknown) => unknown): void {
  let holder = root;
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1];
    const before = (holder as Record<Step, unknown>)[step];
    if (next === undefined) {
      (holder as Record<Step, unknown>)[step] = change(before);
      return;
    }
    const inner: Holder = isHolder(before) ? before : typeof next === 'number' ? [] : emptyObject();
    (holder as Record<Step, unknown>)[step] = inner;
    holder = inner;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}
