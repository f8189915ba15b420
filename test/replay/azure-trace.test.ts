import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { requireSharedData } from '../support/skip.ts';
import { runProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

// gpt-4o on the days of the trace, in USD per million tokens: by hand, from the model's first price.
const PRICE = { input: 2.5, output: 10 };

describe('the Azure trace', () => {
  test('imports whole, costs what a plain loop says, and shows what a cheaper model would save', async (t) => {
    const folder = requireSharedData(t, 'traces/azure-llm-2023');
    if (folder === undefined) return;
    const source = join(folder, 'AzureLLMInferenceTrace_code.csv.gz');
    const rows = gunzipSync(readFileSync(source)).toString().trim().split(/\r?\n/).slice(1);
    const expectedUsd = rows.reduce((sum, row) => {
      const [, context, generated] = row.split(',').map(Number);
      return sum + ((context ?? 0) * PRICE.input + (generated ?? 0) * PRICE.output) / 1_000_000;
    }, 0);

    const directory = makeTempDirectory(t);
    cpSync('policies', join(directory, 'policies'), { recursive: true });
    const git = async (...args: readonly string[]): Promise<void> => {
      const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
      const done = await runProcess(t, [...identity, ...args], { cwd: directory, program: ['git'] });
      assert.equal(done.code, 0, done.stderr);
    };
    await git('init', '-q', '-b', 'main');
    await git('add', '.');
    await git('commit', '-q', '-m', 'policies');

    const recording = join(directory, 'azure.ndjson.gz');
    const imported = await runProcess(
      t,
      [
        ...['traffic', 'import', '--from', 'azure-llm-csv', '--model', 'gpt-4o', '--consumer', 'product-team'],
        ...['--endpoint', 'chat', '--out', recording, source],
      ],
      { cwd: directory },
    );
    assert.equal(imported.code, 0, imported.stderr);

    const chain = join(directory, 'policies/chains/premium.yaml');
    const text = readFileSync(chain, 'utf8');
    const cheaper = text.replace('model: openai/gpt-4o }', 'model: openai/gpt-4o-mini }');
    assert.notEqual(cheaper, text);
    writeFileSync(chain, cheaper);
    const run = await runProcess(
      t,
      ['dry-run', '--traffic', recording, '--base', 'HEAD', '--env', 'production', '--format', 'json'],
      { cwd: directory },
    );
    const report = JSON.parse(run.stdout);
    assert.equal(report.records.replayed, rows.length);
    assert.equal(report.records.changed, rows.length);
    assert.ok(
      Math.abs(report.cost.baseMicroUsd / 1e6 - expectedUsd) < 0.005,
      `${report.cost.baseMicroUsd} against ${expectedUsd}`,
    );
    assert.ok(report.cost.deltaMicroUsd < 0);
    t.diagnostic(`${rows.length} rows, base ${expectedUsd.toFixed(2)} USD, head ${report.cost.headMicroUsd / 1e6} USD`);
    // Two tiers down without `allowDowngrade` is a gate of the shipped Project.
    assert.equal(run.code, 1, run.stderr);
    assert.ok(
      report.gates.some(
        (gate: { readonly rule: string; readonly passed: boolean }) => gate.rule === 'tierDowngrades' && !gate.passed,
      ),
    );
  });

  test('a recording that cannot be read is named and ends with 2', async (t) => {
    const directory = makeTempDirectory(t);
    const run = await runProcess(t, ['dry-run', '--traffic', join(directory, 'absent.ndjson'), '--env', 'production']);
    assert.equal(run.code, 2);
    assert.match(run.stderr, /absent\.ndjson/);
  });
});
