import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { DryRunReport } from '#replay';
import { requireSharedData, type SkipContext } from '../support/skip.ts';
import { runProcess } from '../support/start-process.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const AZURE = 'traces/azure-llm-2023';
const MOONCAKE = 'traces/mooncake/conversation_trace.jsonl.gz';
const policies = join(import.meta.dirname, '../../policies');

/** A workspace with the shipped policies as base and a copy to be changed as head. */
function openWorkspace(t: Cleanup): {
  readonly folder: string;
  readonly change: (file: string, from: string, to: string) => void;
} {
  const folder = makeTempDirectory(t);
  for (const name of ['base', 'head']) cpSync(policies, join(folder, name), { recursive: true });
  return {
    folder,
    change(file, from, to) {
      const path = join(folder, 'head', file);
      const text = readFileSync(path, 'utf8');
      assert.ok(text.includes(from), `${file} holds no ${from}`);
      writeFileSync(path, text.replace(from, to));
    },
  };
}

async function importTrace(
  t: Cleanup,
  folder: string,
  args: readonly string[],
  source: string,
  records: number,
): Promise<void> {
  const ended = await runProcess(t, ['traffic', 'import', ...args, source], { cwd: folder });
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(
    ended.stderr,
    new RegExp(`^${String(records).replace(/\B(?=(\d{3})+(?!\d))/g, ',')} records imported\\.`),
  );
}

async function dryRun(t: Cleanup, folder: string, traffic: readonly string[]): Promise<DryRunReport> {
  const args = [
    'dry-run',
    '--traffic',
    ...traffic,
    '--base',
    'base',
    '--policies',
    'head',
    '--env',
    'production',
    '--format',
    'json',
  ];
  const ended = await runProcess(t, args, { cwd: folder });
  assert.ok(ended.code === 0 || ended.code === 1, ended.stderr);
  return JSON.parse(ended.stdout) as DryRunReport;
}

/** By hand: a plain sum over the rows, each rounded half up to a micro-dollar, at so many micro-USD per million tokens. */
function sumByHand(path: string, inputPrice: number, outputPrice: number): number {
  const [, ...rows] = gunzipSync(readFileSync(path)).toString().trim().split(/\r?\n/);
  let micro = 0;
  for (const row of rows) {
    const [, input, output] = row.split(',');
    micro += Math.floor((Number(input) * inputPrice + Number(output) * outputPrice) / 1_000_000 + 0.5);
  }
  return micro;
}

describe('real traffic', () => {
  it('28,185 Azure rows: a cheaper model for one team, to the micro-dollar', async (t: SkipContext & Cleanup) => {
    const azure = requireSharedData(t, AZURE);
    if (azure === undefined) return;
    const conversation = join(azure, 'AzureLLMInferenceTrace_conv.csv.gz');
    const code = join(azure, 'AzureLLMInferenceTrace_code.csv.gz');
    const { folder, change } = openWorkspace(t);
    await importTrace(
      t,
      folder,
      ['--from', 'azure-llm-csv', '--model', 'gpt-4o', '--consumer', 'product-team', '--out', 'conv.ndjson.gz'],
      conversation,
      19_366,
    );
    await importTrace(
      t,
      folder,
      ['--from', 'azure-llm-csv', '--model', 'openai/gpt-4o-mini', '--consumer', 'support-bot', '--out', 'code.ndjson'],
      code,
      8819,
    );
    change('chains/premium.yaml', '{ id: gpt, model: openai/gpt-4o }', '{ id: gpt, model: openai/gpt-4o-mini }');
    const report = await dryRun(t, folder, ['conv.ndjson.gz', 'code.ndjson']);

    assert.equal(report.records.replayed, 28_185);
    assert.equal(report.mode, 'stateless');
    const before = sumByHand(conversation, 2_500_000, 10_000_000);
    const after = sumByHand(conversation, 150_000, 600_000);
    const other = sumByHand(code, 150_000, 600_000);
    assert.deepEqual(
      [report.cost.baseMicroUsd, report.cost.headMicroUsd, report.cost.deltaMicroUsd],
      [before + other, after + other, after - before],
    );
    assert.deepEqual(report.cost.requests, { exact: 8819, estimated: 19_366, unknown: 0 });
    assert.equal(report.tierDowngrades, 19_366);
    assert.deepEqual(
      report.movers.teams.map(({ name, changed }) => [name, changed]),
      [['product-team', 19_366]],
    );
    assert.deepEqual(
      report.gates.filter(({ passed }) => !passed).map(({ rule }) => rule),
      ['tierDowngrades'],
    );
    assert.equal(report.examples[0]?.because?.file, 'chains/premium.yaml');
    process.stdout.write(`28,185 rows replayed; base ${before + other}, head ${after + other} micro-USD, as by hand\n`);
  });

  it('28,185 Azure rows: a cache on a route makes requests eligible and promises no saving', async (t: SkipContext &
    Cleanup) => {
    const azure = requireSharedData(t, AZURE);
    if (azure === undefined) return;
    const { folder, change } = openWorkspace(t);
    await importTrace(
      t,
      folder,
      ['--from', 'azure-llm-csv', '--model', 'gpt-4o', '--consumer', 'product-team', '--out', 'conv.ndjson'],
      join(azure, 'AzureLLMInferenceTrace_conv.csv.gz'),
      19_366,
    );
    await importTrace(
      t,
      folder,
      [
        '--from',
        'azure-llm-csv',
        '--model',
        'openai/gpt-4o-mini',
        '--consumer',
        'development-team',
        '--out',
        'code.ndjson',
      ],
      join(azure, 'AzureLLMInferenceTrace_code.csv.gz'),
      8819,
    );
    change('routes/default.yaml', '  chain: premium\n', '  chain: premium\n  cache: faq-week\n');
    // With a month's tokens in a day, so that the budget lets the whole trace through on both sides.
    for (const name of ['base', 'head']) {
      const path = join(folder, name, 'budgets/product-tokens.yaml');
      writeFileSync(path, readFileSync(path, 'utf8').replace('tokens: 100000', 'tokens: 1000000000'));
      const requests = join(folder, name, 'budgets/team-requests.yaml');
      writeFileSync(requests, readFileSync(requests, 'utf8').replace('requests: 600', 'requests: 60000'));
      const atOnce = join(folder, name, 'budgets/team-concurrency.yaml');
      writeFileSync(atOnce, readFileSync(atOnce, 'utf8').replace('concurrency: 50', 'concurrency: 5000'));
    }
    const report = await dryRun(t, folder, ['conv.ndjson', 'code.ndjson']);
    assert.equal(report.mode, 'simulate');
    assert.equal(report.modeReason, 'Route/default changed');
    assert.deepEqual([report.cacheEligible.base, report.cacheHits.head, report.cost.deltaMicroUsd], [0, 0, 0]);
    assert.ok(report.cacheEligible.head > 0 && report.cacheEligible.head <= 19_366);
    assert.equal(report.verdict.passed, true);
  });

  it('12,031 Mooncake rows: a budget that is cut, simulated from the first row', async (t: SkipContext & Cleanup) => {
    const mooncake = requireSharedData(t, MOONCAKE);
    if (mooncake === undefined) return;
    const { folder, change } = openWorkspace(t);
    await importTrace(
      t,
      folder,
      [
        '--from',
        'mooncake-jsonl',
        '--model',
        'openai/gpt-4o-mini',
        '--consumer',
        'support-bot',
        '--start',
        '2026-11-16T00:00:00Z',
        '--out',
        'moon.ndjson.gz',
      ],
      mooncake,
      12_031,
    );
    for (const file of ['base', 'head']) {
      const path = join(folder, file, 'budgets/team-requests.yaml');
      writeFileSync(path, readFileSync(path, 'utf8').replace('requests: 600', 'requests: 60000'));
    }
    change('budgets/support-month.yaml', '300 USD', '5 USD');
    const report = await dryRun(t, folder, ['moon.ndjson.gz']);
    assert.equal(report.mode, 'simulate');
    assert.equal(report.records.replayed, 12_031);
    assert.ok(report.denials.new > 0, 'a budget of 5 USD holds 12,031 requests');
    // What is let through never spends more than the budget.
    assert.ok(report.cost.headMicroUsd <= 5_000_000, `${report.cost.headMicroUsd}`);
    assert.ok(report.cost.headMicroUsd > 4_500_000, `${report.cost.headMicroUsd}`);
    assert.equal(report.examples[0]?.because?.document, 'Budget/support-month');
    assert.deepEqual(
      report.gates.filter(({ passed }) => !passed).map(({ rule }) => rule),
      ['newDenials'],
    );
    process.stdout.write(
      `12,031 rows simulated; ${report.denials.new} new denials, head ${report.cost.headMicroUsd} micro-USD of 5 USD\n`,
    );
  });
});
