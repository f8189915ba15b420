import { asNumber, asString, isObject } from '#core';

/** Keys and list positions from the root of a document. */
export type SourcePath = readonly (string | number)[];

/**
 * One value of the file that is imported. Reading it marks it: what nobody has read when an importer is done is reported as left out, so that no setting
 * is lost without a word.
 */
export interface SourceNode {
  readonly value: unknown;
  readonly path: SourcePath;
  /** Which document of a stream of several, from 0. */
  readonly document: number;
  /** From 1. */
  readonly line: number;
  /** The value of a key; undefined when there is none, and when it is null. */
  readonly get: (key: string) => SourceNode | undefined;
  /** The items of a list; none when it is no list. */
  readonly items: () => readonly SourceNode[];
  /** The fields of a map; none when it is no map. */
  readonly fields: () => readonly (readonly [key: string, value: SourceNode])[];
  /** The value, with everything below it marked as read. */
  readonly take: () => unknown;
  /** The topmost values that nobody has read. */
  readonly unread: () => readonly SourceNode[];
}

/** Finds the line of a path. */
export type LocateLine = (path: SourcePath) => number;

/** Wraps a parsed document. The nodes remember what was read of them; nothing else is changed. */
export function createSourceNode(
  value: unknown,
  document: number,
  lineOf: LocateLine,
  path: SourcePath = [],
): SourceNode {
  const children = new Map<string | number, SourceNode>();
  let isTaken = false;
  const child = (key: string | number, inner: unknown): SourceNode => {
    const known = children.get(key);
    if (known !== undefined) return known;
    const made = createSourceNode(inner, document, lineOf, [...path, key]);
    children.set(key, made);
    return made;
  };
  const entries = (): readonly (readonly [string | number, unknown])[] => {
    if (Array.isArray(value)) return value.map((inner, index) => [index, inner] as const);
    return isObject(value) ? Object.entries(value) : [];
  };
  return {
    value,
    path,
    document,
    get line() {
      return lineOf(path);
    },
    get(key) {
      if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
      const found = child(key, value[key]);
      return value[key] === null ? undefined : found;
    },
    items: () => (Array.isArray(value) ? value.map((inner, index) => child(index, inner)) : []),
    fields: () =>
      isObject(value) ? Object.entries(value).map(([key, inner]) => [key, child(key, inner)] as const) : [],
    take() {
      isTaken = true;
      return value;
    },
    unread() {
      if (isTaken) return [];
      return entries().flatMap(([key, inner]) => {
        const known = children.get(key);
        if (known !== undefined) return known.unread();
        return inner === null ? [] : [child(key, inner)];
      });
    },
  };
}

/** The text under a key; undefined when there is none or it is no text. A number is taken for its text. */
export function textAt(node: SourceNode | undefined, key: string): string | undefined {
  return textOf(node?.get(key));
}

/** The node's text. */
export function textOf(node: SourceNode | undefined): string | undefined {
  const value = node?.value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = asString(value)?.trim();
  return text === '' ? undefined : text;
}

/** The number under a key, also when it is written as a text. */
export function numberAt(node: SourceNode | undefined, key: string): number | undefined {
  return numberOf(node?.get(key));
}

/** The node's number. */
export function numberOf(node: SourceNode | undefined): number | undefined {
  const value = node?.value;
  if (typeof value === 'string' && /^\s*-?\d+(\.\d+)?(e-?\d+)?\s*$/i.test(value)) return Number(value);
  return asNumber(value);
}

/** Whether the key says yes. */
export function isTrueAt(node: SourceNode | undefined, key: string): boolean {
  const value = node?.get(key)?.value;
  return value === true || (typeof value === 'string' && /^(true|yes|on)$/i.test(value));
}

/** The texts of a list, or of a single text. */
export function textsAt(node: SourceNode | undefined, key: string): readonly string[] {
  const found = node?.get(key);
  if (found === undefined) return [];
  const nodes = Array.isArray(found.value) ? found.items() : [found];
  return nodes.flatMap((each) => textOf(each) ?? []);
}

/** A path as people write it, such as `model_list[0].litellm_params.model`. */
export function pathText(path: SourcePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = /^[\w-]+$/.test(step) ? step : JSON.stringify(step);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
