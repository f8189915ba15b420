import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { findRecord, listRecordFiles, readRecords } from '#decision-log';
import { openRecordKey } from '../../src/decision-log/record-key.ts';
import { openSink } from '../../src/decision-log/sink.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 23, 23, 59, 50);

function line(id: string, size = 100): string {
  return JSON.stringify({
    v: 1,
    id,
    at: '2026-11-23T23:59:50.000Z',
    request: { endpoint: 'chat' },
    x: 'x'.repeat(size),
  });
}

function sinkIn(directory: string, overrides: Partial<Parameters<typeof openSink>[0]> = {}) {
  const problems: string[] = [];
  const clock = { nowMs: START };
  const sink = openSink({
    directory,
    limits: () => ({ maxFileBytes: 1000, retainMs: 3 * DAY_MS }),
    nowMs: () => clock.nowMs,
    pid: 7,
    onProblem: (_error, text) => problems.push(text),
    flushEveryMs: 3_600_000,
    ...overrides,
  });
  return { sink, problems, clock };
}

async function idsIn(directory: string): Promise<string[]> {
  const ids: string[] = [];
  for (const { path } of (await listRecordFiles(directory)).toReversed()) {
    for await (const each of readRecords(path)) if (each.kind === 'record') ids.push(each.record.id);
  }
  return ids;
}

describe('the record files', () => {
  test('a full file is packed, a new day begins a new one, and nothing is lost on the way', async (t) => {
    const directory = join(makeTempDirectory(t), 'records');
    const { sink, clock, problems } = sinkIn(directory);
    for (let n = 0; n < 12; n++) {
      sink.write(line(`r${n}`, 300));
      await sink.flush();
      if (n === 8) clock.nowMs += DAY_MS;
    }
    await sink.close();
    const names = readdirSync(directory).sort();
    assert.equal(names.filter((name) => name.endsWith('.gz')).length, names.length - 1);
    assert.ok(names.every((name) => statSync(join(directory, name)).size <= 1000));
    assert.ok(
      gunzipSync(readFileSync(join(directory, names[0] ?? '')))
        .toString()
        .startsWith('{"v":1,"id":"r0"'),
    );
    assert.deepEqual(
      await idsIn(directory),
      Array.from({ length: 12 }, (_, n) => `r${n}`),
    );
    assert.equal(sink.dropped(), 0);
    assert.deepEqual(problems, []);
  });

  test('files older than the retention go when a new one begins', async (t) => {
    const directory = makeTempDirectory(t);
    const old = join(directory, 'records-20261115T000000000Z-1-0.ndjson.gz');
    const young = join(directory, 'records-20261122T000000000Z-1-0.ndjson');
    for (const path of [old, young]) writeFileSync(path, '');
    const { sink } = sinkIn(directory);
    sink.write(line('r1'));
    await sink.close();
    assert.ok(!existsSync(old));
    assert.ok(existsSync(young));
  });

  test('a queue that is full drops and counts, and never grows', async (t) => {
    const directory = makeTempDirectory(t);
    const { sink } = sinkIn(directory, { maxQueueBytes: 1000 });
    for (let n = 0; n < 100; n++) sink.write(line(`r${n}`));
    const kept = sink.pending().length;
    assert.equal(sink.dropped(), 100 - kept);
    assert.ok(kept > 0 && sink.pending().join('').length <= 1000);
    await sink.close();
    assert.equal((await idsIn(directory)).length, kept);
  });

  test('a disk that cannot be written costs records, which are counted, and works again later', async (t) => {
    const base = makeTempDirectory(t);
    writeFileSync(join(base, 'records'), 'a file where the folder should be');
    const { sink, problems } = sinkIn(join(base, 'records'));
    sink.write(line('r1'));
    await sink.flush();
    assert.equal(sink.dropped(), 1);
    assert.deepEqual(problems, ['decision records could not be written and are lost']);
    await sink.close();
  });

  test('a line cut by a crash is named, and the ones before it are read', async (t) => {
    const directory = makeTempDirectory(t);
    const path = join(directory, 'records-20261123T000000000Z-1-0.ndjson');
    writeFileSync(path, `${line('r1')}\nnot json\n${line('r2')}\n`);
    appendFileSync(path, line('r3').slice(0, 40));
    const seen: unknown[] = [];
    for await (const each of readRecords(path)) seen.push([each.kind, each.line]);
    assert.deepEqual(seen, [
      ['record', 1],
      ['invalid', 2],
      ['record', 3],
      ['cut', 4],
    ]);
    assert.equal((await findRecord(directory, 'r2'))?.id, 'r2');
    assert.equal(await findRecord(directory, 'r9'), null);
  });

  test('the key of the pseudonyms is made once and readable by its owner alone', async (t) => {
    const directory = makeTempDirectory(t);
    const [first, second] = await Promise.all([openRecordKey(directory), openRecordKey(directory)]);
    assert.equal(first, second);
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(statSync(join(directory, 'record-key')).mode & 0o077, 0);
  });
});
