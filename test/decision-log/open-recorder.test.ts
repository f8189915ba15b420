import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { requestId } from '#core';
import { type FinishedCall, listRecordFiles, openRecorder, readRecords, type TrafficRecord } from '#decision-log';
import { factsOf, NOON, requestOf } from '../decision/build.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const snapshot = compileInlineSnapshot(`
kind: Project
metadata: { name: company }
spec: {}
`);

/** A call that was refused; every id is a fresh one unless given. */
function call(overrides: Partial<FinishedCall> = {}): FinishedCall {
  const id = overrides.id ?? requestId(NOON, randomUUID());
  return {
    ...{ id, startedMs: NOON, endpoint: 'chat', dialect: 'openai-chat', path: '/v1/chat/completions', snapshot },
    ...{ request: requestOf({ id }), keyId: 'k1', body: null, route: null, facts: factsOf(), stickyDraws: {} },
    ...{
      decision: null,
      isInline: false,
      attempts: [],
      served: null,
      cache: null,
      settlement: null,
      status: 200,
      code: null,
    },
    ...{ finish: null, isComplete: true, firstByteMs: null, durationMs: 12, alerts: [] },
    ...overrides,
  };
}

async function recorderIn(t: TestContext, sample: number, limits: { readonly maxQueueLines?: number } = {}) {
  const dataDir = makeTempDirectory(t);
  const problems: string[] = [];
  const recorder = await openRecorder({
    ...{ dataDir, directory: join(dataDir, 'records'), gatewayVersion: '0.1.0', nowMs: () => NOON, pid: 7 },
    recording: () => ({ sample, maxFileBytes: 1_000_000, retainMs: 86_400_000 }),
    onProblem: (_error, text) => problems.push(text),
    flushEveryMs: 3_600_000,
    ...limits,
  });
  t.after(() => recorder.close());
  return { recorder, problems };
}

async function written(directory: string): Promise<readonly TrafficRecord[]> {
  const records: TrafficRecord[] = [];
  for (const { path } of await listRecordFiles(directory)) {
    for await (const line of readRecords(path)) {
      assert.equal(line.kind, 'record');
      if (line.kind === 'record') records.push(line.record);
    }
  }
  return records;
}

test('a record is found by its id before and after it is written', async (t) => {
  const { recorder } = await recorderIn(t, 1);
  const made = recorder.record(call());
  assert.ok(made);
  assert.deepEqual((await recorder.find(made.id))?.id, made.id);
  assert.deepEqual(
    (await recorder.latest(5)).map(({ id }) => id),
    [made.id],
  );
  assert.deepEqual(await recorder.find(made.id), JSON.parse(JSON.stringify(made)));
  assert.equal(await recorder.find('req_none'), null);
});

test('a sample keeps its share, says how many requests each record stands for, and keeps every failure', async (t) => {
  const { recorder } = await recorderIn(t, 0.25);
  for (let n = 0; n < 2000; n++) recorder.record(call({ id: `plain-${n}` }));
  for (let n = 0; n < 50; n++) recorder.record(call({ id: `failed-${n}`, status: 502, code: 'chain_exhausted' }));
  await recorder.flush();
  const records = await written(recorder.directory);
  const failed = records.filter(({ id }) => id.startsWith('failed'));
  const plain = records.filter(({ id }) => id.startsWith('plain'));
  assert.equal(failed.length, 50);
  assert.ok(failed.every(({ sampleWeight }) => sampleWeight === undefined));
  assert.ok(plain.every(({ sampleWeight }) => sampleWeight === 4));
  assert.ok(Math.abs(plain.length - 500) < 100, `${plain.length} of 2000`);
  const again = await recorderIn(t, 0.25);
  const kept = Array.from({ length: 2000 }, (_, n) => again.recorder.record(call({ id: `plain-${n}` }))).filter(
    Boolean,
  );
  assert.equal(kept.length, plain.length, 'the same requests in every process');
});

test('a sample of nothing keeps nothing', async (t) => {
  const { recorder } = await recorderIn(t, 0);
  assert.equal(recorder.record(call({ status: 500 })), null);
  assert.equal(recorder.dropped(), 0);
});

test('a record in which something private is left is dropped and counted, and that is said once', async (t) => {
  const { recorder, problems } = await recorderIn(t, 1);
  const leaky = { request: requestOf({ consumer: 'jane.doe@example.com' }) };
  for (let n = 0; n < 3; n++) assert.equal(recorder.record(call(leaky)), null);
  assert.equal(recorder.dropped(), 3);
  assert.equal(problems.length, 1);
  assert.ok(!problems.join('').includes('jane'));
});

test('the next record tells how many were lost since the one before, each once', async (t) => {
  const { recorder } = await recorderIn(t, 1, { maxQueueLines: 2 });
  const lost = (): readonly (number | undefined)[] =>
    [1, 2, 3, 4].map(() => recorder.record(call())).map((record) => (record === null ? -1 : record.dropped));
  assert.deepEqual(lost(), [undefined, undefined, -1, -1]);
  await recorder.flush();
  assert.deepEqual(lost(), [2, undefined, -1, -1]);
  assert.equal(recorder.dropped(), 4);
});
