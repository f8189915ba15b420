import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { loadCatalog } from '#catalog';
import { createKeptRevisions } from '#gateway';
import { compilePolicies, type Source } from '#policy';
import { findRecorded } from '../../src/cli/dry-run/find-recorded.ts';
import type { VerbCall } from '../../src/cli/verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const project = (timezone: string): readonly Source[] => [
  {
    file: 'project.yaml',
    bytes: Buffer.from(
      `apiVersion: signalbox/v1\nkind: Project\nmetadata: { name: acme }\nspec: { timezone: ${timezone} }\n`,
    ),
  },
];

it('the policies of a recording are found among the revisions that were in service', async (t) => {
  const dataDir = makeTempDirectory(t);
  const kept = createKeptRevisions(dataDir, 'production');
  const catalog = loadCatalog();
  const digests: string[] = [];
  for (const [at, timezone] of ['UTC', 'Europe/Berlin', 'Asia/Tokyo'].entries()) {
    const { snapshot, diagnostics } = compilePolicies(project(timezone), 'production', catalog);
    assert.ok(snapshot !== null, JSON.stringify(diagnostics));
    digests.push(snapshot.digest);
    await kept.keep(project(timezone), { digest: snapshot.digest, sinceMs: at });
  }
  assert.equal(new Set(digests).size, 3);
  const call = { terminal: { env: { SIGNALBOX_DATA_DIR: dataDir } } } as unknown as VerbCall;
  const wanted = [digests[1] ?? '', 'f'.repeat(64)];
  const found = await findRecorded(call, wanted, {
    folder: join(dataDir, 'policies'),
    environment: 'production',
    catalog,
  });
  assert.deepEqual(
    found.map((sources) => compilePolicies(sources, 'production', catalog).snapshot?.digest),
    [digests[1]],
  );
});
