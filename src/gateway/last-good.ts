import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, asString, parseJson, sha256 } from '#core';
import { packTree, type Source, unpackTree } from '#policy';

const FORMAT = 'signalbox-last-good/1';

/** The last good revision of an environment, kept so that a fresh process can start while the policies are broken. */
export interface LastGood {
  /** Writes it in one step: a crash leaves the old one or the new one. */
  readonly save: (sources: readonly Source[], digest: string) => Promise<void>;
  /** The files; null when there are none or the file was damaged. */
  readonly load: () => Promise<readonly Source[] | null>;
  readonly path: string;
}

/** The last good revision in the data directory, in one file for each environment. */
export function createLastGood(dataDir: string, environment: string): LastGood {
  const path = join(dataDir, `last-good.${encodeURIComponent(environment)}.json`);
  return {
    path,
    async save(sources, digest) {
      const tree = packTree(sources);
      const text = `${JSON.stringify({ format: FORMAT, environment, digest, treeSha256: sha256(tree), tree })}\n`;
      await mkdir(dataDir, { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      await writeFile(temporary, text, { mode: 0o600, flush: true });
      await rename(temporary, path);
    },
    async load() {
      const text = await readFile(path, 'utf8').catch(() => null);
      if (text === null) return null;
      const saved = asObject(parseJson(text));
      const tree = asString(saved.tree);
      if (saved.format !== FORMAT || tree === undefined || saved.treeSha256 !== sha256(tree)) return null;
      return unpackTree(tree);
    },
  };
}
