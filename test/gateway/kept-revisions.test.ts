import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createKeptRevisions } from '#gateway';
import type { Source } from '#policy';
import { makeTempDirectory } from '../support/temp-directory.ts';

const digest = (at: number) => at.toString(16).padStart(64, '0');
const tree = (at: number): readonly Source[] => [{ file: 'a.yaml', bytes: Buffer.from(`kind: A${at}\n`) }];
const textOf = (sources: readonly Source[] | null) => sources?.map(({ bytes }) => Buffer.from(bytes).toString()).join();

describe('revisions that were in service', () => {
  it('are kept newest first, up to the bound, with the files they were made from', async (t) => {
    const dataDir = makeTempDirectory(t);
    const kept = createKeptRevisions(dataDir, 'production', 3);
    assert.deepEqual(await kept.list(), []);
    for (const at of [1, 2, 3, 4, 5]) await kept.keep(tree(at), { digest: digest(at), sinceMs: at * 1000 });
    assert.deepEqual(
      (await kept.list()).map(({ sinceMs }) => sinceMs),
      [5000, 4000, 3000],
    );
    assert.equal(textOf(await kept.load(digest(3))), 'kind: A3\n');
    assert.equal(await kept.load(digest(2)), null, 'beyond the bound');
    assert.equal(await kept.load('../last-good'), null);
    const folder = join(dataDir, 'revisions.production');
    assert.equal(readdirSync(folder).length, 3, 'nothing is left over');
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
    assert.deepEqual(await createKeptRevisions(dataDir, 'staging').list(), [], 'each environment has its own');
  });

  it('keep since when they serve over a restart, and come first again when they come back', async (t) => {
    const dataDir = makeTempDirectory(t);
    const kept = createKeptRevisions(dataDir, 'production');
    await kept.keep(tree(1), { digest: digest(1), sinceMs: 1000 });
    await createKeptRevisions(dataDir, 'production').keep(tree(1), { digest: digest(1), sinceMs: 9000 });
    assert.deepEqual(await kept.list(), [{ digest: digest(1), sinceMs: 1000 }]);
    await kept.keep(tree(2), { digest: digest(2), sinceMs: 10_000 });
    await kept.keep(tree(1), { digest: digest(1), sinceMs: 500 });
    assert.deepEqual(
      await kept.list(),
      [
        { digest: digest(1), sinceMs: 10_001 },
        { digest: digest(2), sinceMs: 10_000 },
      ],
      'also when the clock was set back',
    );
  });

  it('are none when their file is damaged or half written', async (t) => {
    const dataDir = makeTempDirectory(t);
    const kept = createKeptRevisions(dataDir, 'production');
    await kept.keep(tree(1), { digest: digest(1), sinceMs: 1000 });
    const folder = join(dataDir, 'revisions.production');
    const [name = ''] = readdirSync(folder);
    writeFileSync(join(folder, `000000000002000.${digest(2)}.json.77.tmp`), '{"format":');
    assert.equal((await kept.list()).length, 1);
    writeFileSync(join(folder, name), '{"format":"signalbox-revision/1","treeSha256":"0","tree":"x"}');
    assert.equal(await kept.load(digest(1)), null);
  });

  it('may be kept by several processes of one data directory', async (t) => {
    const dataDir = makeTempDirectory(t);
    const processes = [1, 2, 3, 4].map(() => createKeptRevisions(dataDir, 'production', 3));
    for (const at of [1, 2, 3, 4, 5]) {
      await Promise.all(
        processes.map((kept, n) => kept.keep(tree(at), { digest: digest(at), sinceMs: at * 1000 + n })),
      );
    }
    const [one] = processes;
    assert.deepEqual(
      (await one?.list())?.map((revision) => revision.digest),
      [digest(5), digest(4), digest(3)],
    );
    assert.equal(textOf((await one?.load(digest(4))) ?? null), 'kind: A4\n');
  });
});
