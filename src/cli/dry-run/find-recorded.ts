import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog } from '#catalog';
import { asObject, asString } from '#core';
import { compilePolicies, type Source, unpackTree } from '#policy';
import type { VerbCall } from '../verb.ts';
import { policyCommits, sourcesAt } from './open-revision.ts';

/** How many commits are looked through for the revision that made a recording. */
const MOST_COMMITS = 50;

/** The policies of recorded digests, from the last good revision on disk, those in service before it, and from the commits that touched the policies; those not found are left out. */
export async function findRecorded(
  { terminal }: VerbCall,
  wanted: readonly string[],
  {
    folder,
    environment,
    catalog,
  }: { readonly folder: string; readonly environment: string; readonly catalog: Catalog },
): Promise<readonly (readonly Source[])[]> {
  const missing = new Set(wanted);
  const found: (readonly Source[])[] = [];
  const tryTree = (sources: readonly Source[] | null): void => {
    if (sources === null) return;
    const { snapshot } = compilePolicies(sources, environment, catalog);
    if (snapshot === null || !missing.delete(snapshot.digest)) return;
    found.push(sources);
  };
  const dataDir = terminal.env.SIGNALBOX_DATA_DIR || '.signalbox';
  if (missing.size > 0) tryTree(await lastGood(dataDir, environment));
  if (missing.size > 0) {
    // Most dry-runs do not come here, and the gateway is much to load.
    const { createKeptRevisions } = await import('#gateway');
    const kept = createKeptRevisions(dataDir, environment);
    for (const digest of [...missing]) tryTree(await kept.load(digest).catch(() => null));
  }
  const commits = missing.size > 0 ? await policyCommits(folder, MOST_COMMITS) : [];
  for (const commit of commits) {
    if (missing.size === 0) break;
    tryTree(await sourcesAt(folder, commit));
  }
  return found;
}

async function lastGood(dataDir: string, environment: string): Promise<readonly Source[] | null> {
  try {
    const saved = asObject(
      JSON.parse(await readFile(join(dataDir, `last-good.${encodeURIComponent(environment)}.json`), 'utf8')),
    );
    return unpackTree(asString(saved.tree) ?? '');
  } catch {
    return null;
  }
}
