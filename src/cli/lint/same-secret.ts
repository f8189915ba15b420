import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Placeholders of a CI (`x`, `test-key`) are alike on purpose; no provider's key is as short. */
const SHORTEST = 16;

/**
 * Tells whether two secret references (`env:NAME`, `file:PATH`) hold the same value here: false where one has none. Values are compared by their digests and go
 * nowhere else. Effects: reads files, each once.
 */
export function sameSecret(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): (a: string, b: string) => boolean {
  const digests = new Map<string, string | null>();

  function digestOf(id: string): string | null {
    const known = digests.get(id);
    if (known !== undefined) return known;
    const value = textOf(id)?.trim() ?? '';
    const digest = value.length < SHORTEST ? null : createHash('sha256').update(value).digest('hex');
    digests.set(id, digest);
    return digest;
  }

  function textOf(id: string): string | undefined {
    if (id.startsWith('env:')) return env[id.slice(4)];
    if (!id.startsWith('file:')) return undefined;
    try {
      return readFileSync(resolve(folder, id.slice(5)), 'utf8');
    } catch {
      // Where policies are checked there need not be any secrets.
      return undefined;
    }
  }

  return (a, b) => {
    const digest = digestOf(a);
    return digest !== null && digest === digestOf(b);
  };
}
