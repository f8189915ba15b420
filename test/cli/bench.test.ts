import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { answerBy, recordOf } from '../replay/replay-fixture.ts';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

const record = (id: number, environment: string) =>
  JSON.stringify(
    recordOf(`req_${id}`, {
      environment,
      request: { inputTokens: 100 + id, consumer: 'web' },
      attempts: [answerBy('openai/gpt-4o', 100, 50)],
    }),
  );

describe('signalbox bench', () => {
  it('counts what it decided, leaves the rest out, and says what the figures are of', async (t) => {
    const lines = Array.from({ length: 300 }, (_, id) => record(id, id < 280 ? 'production' : 'staging'));
    const cwd = makeTempDirectory(t, { ...shop, 'week.ndjson': `${lines.join('\n')}\nno record\n` });
    const args = ['--traffic', 'week.ndjson', '--format', 'json=speed.json'];
    const { code, stdout: pretty } = await runVerb(t, ['bench', ...args], { cwd });
    const told = JSON.parse(readFileSync(join(cwd, 'speed.json'), 'utf8'));
    assert.equal(code, 0);
    assert.deepEqual(
      [told.environment, told.records, told.otherEnvironment, told.badLines, told.single.requests],
      ['production', 280, 20, 1, 280],
    );
    assert.ok(told.perCoreSecond > 0 && told.cpuSeconds > 0);
    assert.ok(told.single.medianUs > 0 && told.single.medianUs <= told.single.p99Us);
    assert.deepEqual([told.node, told.cores > 0, told.cpu.length > 0], [process.versions.node, true, true]);
    assert.match(pretty, /^a dry-run {2}[\d,]+ requests per core-second/);
    assert.match(pretty, /left out: 20 of other environments, 1 lines that are no records/);
  });

  it('measures nothing where every record is of another environment', async (t) => {
    const cwd = makeTempDirectory(t, { ...shop, 'week.ndjson': `${record(1, 'staging')}\n` });
    const { code, stderr } = await runVerb(t, ['bench', '--traffic', 'week.ndjson', '--env', 'production'], { cwd });
    assert.deepEqual([code, /all 1 records are of another environment/.test(stderr)], [2, true]);
  });
});
