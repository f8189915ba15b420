import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, asString, parseJson, sha256 } from '#core';
import { packTree, type Source, unpackTree } from '#policy';

const FORMAT = 'signalbox-revision/1';
const MOST = 10;
/** When it came into service, in milliseconds, and its digest. */
const NAME = /^(\d{15})\.([0-9a-f]{64})\.json$/;

/** A revision that is or was in service. */
export interface KeptRevision {
  readonly digest: string;
  /** When it came into service last. */
  readonly sinceMs: number;
}

/** The last revisions in service of one environment, in the data directory: one file each. */
export interface KeptRevisions {
  /** Keeps it as the newest and forgets those beyond the bound; nothing when it is the newest already. Each file is written in one step. */
  readonly keep: (sources: readonly Source[], revision: KeptRevision) => Promise<void>;
  /** Newest first. Reads names only. */
  readonly list: () => Promise<readonly KeptRevision[]>;
  /** The files of a revision; null when it is not kept or its file was damaged. */
  readonly load: (digest: string) => Promise<readonly Source[] | null>;
}

/** Revisions under `dataDir`, at most `most`. Several processes may share the folder: what one has forgotten meanwhile is no error of another. */
export function createKeptRevisions(dataDir: string, environment: string, most = MOST): KeptRevisions {
  const folder = join(dataDir, `revisions.${encodeURIComponent(environment)}`);
  const pathOf = ({ digest, sinceMs }: KeptRevision) =>
    join(folder, `${String(sinceMs).padStart(15, '0')}.${digest}.json`);

  async function files(): Promise<readonly KeptRevision[]> {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const revisions = names.flatMap((name) => {
      const [, sinceMs, digest] = NAME.exec(name) ?? [];
      return digest === undefined ? [] : [{ digest, sinceMs: Number(sinceMs) }];
    });
    return revisions.sort((a, b) => b.sinceMs - a.sinceMs);
  }

  async function list(): Promise<readonly KeptRevision[]> {
    return newestOfEach(await files());
  }

  return {
    list,
    async keep(sources, { digest, sinceMs }) {
      const [newest] = await files();
      if (newest?.digest === digest) return;
      // A clock that was set back must not make the newest an older one.
      const revision = { digest, sinceMs: Math.max(sinceMs, (newest?.sinceMs ?? 0) + 1) };
      const tree = packTree(sources);
      const text = `${JSON.stringify({ format: FORMAT, environment, ...revision, treeSha256: sha256(tree), tree })}\n`;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = `${pathOf(revision)}.${process.pid}.tmp`;
      await writeFile(temporary, text, { mode: 0o600, flush: true });
      await rename(temporary, pathOf(revision));
      // One look for both: what another process writes after it is not taken for old.
      const seen = await files();
      const kept = new Set(newestOfEach(seen).slice(0, most));
      const old = seen.filter((file) => !kept.has(file));
      await Promise.all(old.map((file) => rm(pathOf(file), { force: true })));
    },
    async load(digest) {
      const revision = (await list()).find((kept) => kept.digest === digest);
      const text = revision === undefined ? null : await readFile(pathOf(revision), 'utf8').catch(() => null);
      if (text === null) return null;
      const saved = asObject(parseJson(text));
      const tree = asString(saved.tree);
      if (saved.format !== FORMAT || tree === undefined || saved.treeSha256 !== sha256(tree)) return null;
      return unpackTree(tree);
    },
  };
}

/** Without those that came back later. Newest first, as given. Pure. */
function newestOfEach(revisions: readonly KeptRevision[]): readonly KeptRevision[] {
  const known = new Set<string>();
  return revisions.filter(({ digest }) => !known.has(digest) && known.add(digest));
}
