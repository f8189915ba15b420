import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { findRecord, latestRecords, listRecordFiles, readRecords } from '#decision-log';
import { openRecordKey } from '../../src/decision-log/record-key.ts';
import { openSink } from '../../src/decision-log/sink.ts';
import { requireProgram } from '../support/skip.ts';
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

  test('files older than the retention go, and what a dead process left behind is packed', async (t) => {
    const directory = makeTempDirectory(t, {
      'records-20261115T000000000Z-1-0.ndjson.gz': '',
      'records-20261122T000000000Z-1-0.ndjson': `${line('left')}\n`,
      'records-20261123T230000000Z-1-0.ndjson': `${line('other')}\n`,
    });
    const { sink } = sinkIn(directory);
    sink.write(line('r1'));
    await sink.close();
    assert.deepEqual(readdirSync(directory).sort(), [
      'records-20261122T000000000Z-1-0.ndjson.gz',
      'records-20261123T230000000Z-1-0.ndjson',
      'records-20261123T235950000Z-7-0.ndjson',
    ]);
    assert.deepEqual(await idsIn(directory), ['left', 'other', 'r1']);
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

  test('while the disk cannot be written records wait, and are written when it can', async (t) => {
    const base = makeTempDirectory(t, { records: 'a file where the folder should be' });
    const directory = join(base, 'records');
    const { sink, problems } = sinkIn(directory);
    for (const id of ['r1', 'r2']) {
      sink.write(line(id));
      await sink.flush();
    }
    assert.equal(sink.dropped(), 0);
    assert.deepEqual(problems, ['decision records cannot be written; they wait in memory, then are dropped']);
    rmSync(directory);
    await sink.flush();
    assert.deepEqual(await idsIn(directory), ['r1', 'r2']);
    await sink.close();
  });

  test('a disk that stays broken costs records, each of which is counted once', async (t) => {
    const base = makeTempDirectory(t, { records: '' });
    const { sink, problems } = sinkIn(join(base, 'records'), { maxQueueLines: 5 });
    const taken = Array.from({ length: 8 }, (_, n) => sink.write(line(`r${n}`)));
    assert.deepEqual(taken, [true, true, true, true, true, false, false, false]);
    await sink.close();
    assert.equal(sink.dropped(), 8);
    assert.equal(problems.length, 2);
  });

  test('a part of a write that the disk let through is taken back, so that no line is cut or written twice', (t) => {
    const shell = requireProgram(t, 'sh');
    if (shell === undefined) return;
    const directory = makeTempDirectory(t);
    const script = join(import.meta.dirname, 'write-to-limit.ts');
    // A limit on file sizes cuts a write in its middle, as a full disk does.
    const limited = 'ulimit -f 2; exec "$0" "$1" "$2"';
    const run = spawnSync(shell, ['-c', limited, process.execPath, script, directory], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(JSON.parse(run.stdout), { waiting: 20, problems: 1 });
    const [name = ''] = readdirSync(directory);
    assert.equal(readFileSync(join(directory, name), 'utf8'), `${line('r1')}\n`);
  });

  test('a file that somebody removed under the writer is begun anew', async (t) => {
    const directory = makeTempDirectory(t);
    const { sink, clock } = sinkIn(directory);
    sink.write(line('r1'));
    await sink.flush();
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    clock.nowMs += 1;
    sink.write(line('r2'));
    await sink.flush();
    assert.deepEqual(await idsIn(directory), ['r2']);
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
    assert.equal(await findRecord(directory, 'r3'), null, 'a cut record is none');
    assert.equal(await findRecord(directory, 'r9'), null);
  });

  test('a packed recording that ends in its middle gives what came before', async (t) => {
    const ids = Array.from({ length: 3000 }, (_, n) => `r${n}`);
    const packed = gzipSync(ids.map((id) => `${line(id, 10 * (id.length + 1))}\n`).join(''));
    const path = join(makeTempDirectory(t), 'cut.ndjson.gz');
    writeFileSync(path, packed.subarray(0, packed.length / 2));
    const lines = [];
    for await (const each of readRecords(path)) lines.push(each);
    const last = lines.pop();
    assert.equal(last?.kind, 'cut');
    assert.equal(last?.line, lines.length + 1);
    assert.ok(lines.length > 100 && lines.length < 3000);
    assert.deepEqual(
      lines.map((each) => each.kind === 'record' && each.record.id),
      ids.slice(0, lines.length),
    );
  });

  test('only a line feed ends a line, and another version is refused by name', async (t) => {
    const odd = { ...JSON.parse(line('odd')), request: { endpoint: 'chat', model: 'a\u2028b\u2029c\u0085d' } };
    const next = { ...JSON.parse(line('next')), v: 2 };
    const path = join(makeTempDirectory(t), 'x.ndjson');
    writeFileSync(path, `${JSON.stringify(odd)}\r\n\n${JSON.stringify(next)}\n`);
    const lines = [];
    for await (const each of readRecords(path)) lines.push(each);
    assert.equal(lines[0]?.kind === 'record' && lines[0].record.request.model, 'a\u2028b\u2029c\u0085d');
    assert.deepEqual(lines.slice(1), [
      { kind: 'invalid', line: 3, message: 'line 3 has version 2; this program reads version 1' },
    ]);
  });

  test('any line is read whole wherever the chunks of the file are cut', async (t) => {
    const sizes = Array.from({ length: 40 }, (_, i) => (i * 7919) % 60_000);
    const path = join(makeTempDirectory(t), 'x.ndjson');
    writeFileSync(path, sizes.map((size, i) => `${line(`é${i}`, size)}\n`).join(''));
    const read: unknown[] = [];
    for await (const each of readRecords(path)) if (each.kind === 'record') read.push(each.record);
    assert.deepEqual(
      read,
      sizes.map((size, i) => JSON.parse(line(`é${i}`, size))),
    );
  });

  test('a file that was just packed is read under its new name', async (t) => {
    const directory = makeTempDirectory(t);
    const name = 'records-20261123T000000000Z-1-0.ndjson';
    writeFileSync(join(directory, `${name}.gz`), gzipSync(`${line('r1')}\n`));
    const lines = [];
    for await (const each of readRecords(join(directory, name))) lines.push(each.kind);
    assert.deepEqual(lines, ['record']);
    await assert.rejects(async () => {
      for await (const each of readRecords(join(directory, 'none.ndjson'))) assert.fail(each.kind);
    }, /none\.ndjson/);
  });

  test('the latest come from every process that writes, newest first, packed files only when needed', async (t) => {
    const at = (id: string, second: number): string =>
      `${JSON.stringify({ v: 1, id, at: `2026-11-23T12:00:${second}.000Z`, request: { endpoint: 'chat' } })}\n`;
    const directory = makeTempDirectory(t, {
      'records-20261123T120000000Z-1-0.ndjson': at('a', 11) + at('b', 13),
      'records-20261123T120001000Z-2-0.ndjson': at('c', 12) + at('d', 14),
    });
    writeFileSync(join(directory, 'records-20261122T120000000Z-1-0.ndjson.gz'), gzipSync(at('y', 10) + at('z', 10)));
    const latest = async (limit: number) => (await latestRecords(directory, limit)).map(({ id }) => id);
    assert.deepEqual(await latest(3), ['d', 'b', 'c']);
    assert.deepEqual(await latest(5), ['d', 'b', 'c', 'a', 'z']);
  });

  test('the key of the pseudonyms is made once and readable by its owner alone', async (t) => {
    const directory = makeTempDirectory(t);
    const [first, second] = await Promise.all([openRecordKey(directory), openRecordKey(directory)]);
    assert.equal(first, second);
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(statSync(join(directory, 'record-key')).mode & 0o077, 0);
  });
});
