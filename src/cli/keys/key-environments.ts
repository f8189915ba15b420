import { suggest } from '#policy';
import type { PolicyTree } from '../load-tree.ts';
import { UsageError } from '../usage-error.ts';
import type { WrittenKey } from './find-consumer.ts';

/** The environments of `--for`; null when it was not given. Throws `UsageError` for one that the tree has not. */
export function readEnvironments(option: unknown, { parsed, environments }: PolicyTree): readonly string[] | null {
  if (!Array.isArray(option)) return null;
  const names = [...new Set(option.map(String))];
  // Without Environment documents a tree is the same everywhere, and any name may be given.
  if (!parsed.documents.some(({ kind }) => kind === 'Environment')) return names;
  for (const name of names) {
    if (environments.includes(name)) continue;
    const meant = suggest(name, environments);
    throw new UsageError(
      `there is no environment ${JSON.stringify(name)}`,
      meant ? `Did you mean ${meant}?` : `Environments are ${environments.join(', ')}.`,
    );
  }
  return names;
}

/** Whether a key is known in no environment but these; null is everywhere. Pure. */
export function isWithin(key: WrittenKey, environments: readonly string[] | null): boolean {
  return environments === null || (key.environments?.every((name) => environments.includes(name)) ?? false);
}

/** Where the key is known that takes the place of others: where they are. Throws `UsageError` when they are not known in the same environments. */
export function sharedEnvironments(keys: readonly WrittenKey[]): readonly string[] | null {
  const sets = new Map(keys.map(({ environments }) => [String(environments?.toSorted() ?? null), environments]));
  if (sets.size > 1) {
    throw new UsageError(
      'the keys are for different environments, and one key cannot take the place of all of them',
      'Name the environment by --for, or the key to let end by --key.',
    );
  }
  return [...sets.values()][0] ?? null;
}
