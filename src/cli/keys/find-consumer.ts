import { asArray, asObject, asString } from '#core';
import { type ParsedDocument, suggest } from '#policy';
import type { PolicyTree } from '../load-tree.ts';
import { UsageError } from '../usage-error.ts';

/** A key as it stands in a document; dates as written. */
export interface WrittenKey {
  readonly id: string;
  readonly sha256: string;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  readonly note: string | null;
  /** Where it is known; null for everywhere. */
  readonly environments: readonly string[] | null;
  readonly line: number;
}

/** Every Consumer document in the order of files. Pure. */
export function consumersOf({ parsed }: PolicyTree): readonly ParsedDocument[] {
  return parsed.documents.filter(({ kind }) => kind === 'Consumer');
}

/** The Consumer of that name. Throws `UsageError` when there is none, or one that is not valid. */
export function findConsumer(tree: PolicyTree, name: string): ParsedDocument {
  const consumers = consumersOf(tree);
  const [found, another] = consumers.filter((consumer) => consumer.name === name);
  if (another !== undefined) {
    throw new UsageError(
      `there are two consumers ${JSON.stringify(name)}: ${found?.file} and ${another.file}`,
      'Names are unique within their kind.',
    );
  }
  if (found !== undefined) return found;
  if (tree.parsed.rejected?.some((document) => document.kind === 'Consumer' && document.name === name)) {
    throw new UsageError(
      `the document of consumer ${JSON.stringify(name)} is not valid`,
      '`signalbox lint` shows what is wrong.',
    );
  }
  const names = consumers.map((consumer) => consumer.name);
  const meant = suggest(name, names);
  throw new UsageError(
    `there is no consumer ${JSON.stringify(name)}`,
    meant
      ? `Did you mean ${meant}?`
      : names.length === 0
        ? 'Write a document of `kind: Consumer` first.'
        : `Consumers are ${names.join(', ')}.`,
  );
}

/** The keys of a consumer as written. Pure. */
export function keysOf(consumer: ParsedDocument): readonly WrittenKey[] {
  return asArray(asObject(consumer.value.spec).keys).map((value, at) => {
    const key = asObject(value);
    return {
      id: asString(key.id) ?? '',
      sha256: asString(key.sha256) ?? '',
      createdAt: asString(key.createdAt) ?? null,
      expiresAt: asString(key.expiresAt) ?? null,
      note: asString(key.note) ?? null,
      environments: key.environments === undefined ? null : asArray(key.environments).map(String),
      line: consumer.valueSpan(['spec', 'keys', at]).line,
    };
  });
}

/** The first of `k1`, `k2`, … that no key has. Pure. */
export function nextKeyId(keys: readonly WrittenKey[]): string {
  for (let number = keys.length + 1; ; number++) {
    const id = `k${number}`;
    if (!keys.some((key) => key.id === id)) return id;
  }
}
