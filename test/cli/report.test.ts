import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fortnight, writeHistory } from '../reports/write-history.ts';
import { runVerb } from '../support/run-verb.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const POLICIES = {
  'policies/all.yaml': [
    'kind: Project\nmetadata: { name: shop }\nspec: { timezone: Asia/Tokyo }',
    'kind: Environment\nmetadata: { name: production }\nspec: {}',
    'kind: Receiver\nmetadata: { name: leads }\nspec: { email: { to: [leads@example.com] } }',
    'kind: Report\nmetadata: { name: montag }\nspec: { schedule: "0 9 * * MON", to: [leads], sections: [summary, errors], language: ja }',
    'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: first, model: sandbox/echo }] }',
    'kind: Route\nmetadata: { name: assistant }\nspec: { match: {}, chain: main }',
  ]
    .map((text) => `apiVersion: signalbox/v1\n${text}\n`)
    .join('---\n'),
};
const WHEN = ['--data-dir', 'data', '--at', '2026-11-23'];

async function makeShop(t: Cleanup): Promise<string> {
  const cwd = makeTempDirectory(t, POLICIES);
  await writeHistory(join(cwd, 'data'), fortnight(Date.parse('2026-11-22T15:00:00Z'), 1));
  return cwd;
}

describe('report', () => {
  it('says everything of the last week, as text, as a page that needs nothing else, and as figures', async (t) => {
    const cwd = await makeShop(t);
    const text = await runVerb(t, ['report', ...WHEN], { cwd });
    assert.equal(text.code, 0, text.stderr);
    for (const part of [
      '2026-11-16 – 2026-11-22',
      'Cost per day',
      'By team',
      'upstream_error',
      'rate-limit',
      'Hit rate',
      'What to do',
    ])
      assert.ok(text.stdout.includes(part), part);
    assert.equal((await runVerb(t, ['report', ...WHEN, '--out', 'out/week.html'], { cwd })).code, 0);
    const html = readFileSync(join(cwd, 'out/week.html'), 'utf8');
    assert.ok(html.includes('src="data:image/png;base64,') && !html.includes('cid:') && html.includes('@media print'));
    const json = await runVerb(t, ['report', ...WHEN, '--format', 'json'], { cwd });
    const { exitCode, totals, days } = JSON.parse(json.stdout);
    assert.equal(exitCode, 0);
    assert.equal(days.length, 14);
    const cost = days.slice(7).reduce((sum: number, day: { costMicroUsd: number }) => sum + day.costMicroUsd, 0);
    assert.equal(totals.costMicroUsd, cost);
  });

  it('says of how many requests the success is a share: those without a single call cost nothing, and are not in the ledger', async (t) => {
    const cwd = await makeShop(t);
    const { stdout } = await runVerb(t, ['report', ...WHEN], { cwd });
    const [, share = '', answered = '', asked = ''] = /Success +([\d.]+)%.*, ([\d,]+) \/ ([\d,]+)/.exec(stdout) ?? [];
    const [part, whole] = [answered, asked].map((text) => Number(text.replaceAll(',', '')));
    assert.equal(Math.floor(((part ?? 0) / (whole ?? 1)) * 1000) / 10, Number(share), stdout.slice(0, 500));
  });

  it('keeps to the sections and the language of its document', async (t) => {
    const { code, stdout } = await runVerb(t, ['report', 'montag', ...WHEN], { cwd: await makeShop(t) });
    assert.equal(code, 0);
    assert.ok(stdout.includes('週次レポート') && stdout.includes('成功率') && stdout.includes('upstream_error'));
    assert.ok(!stdout.includes('費用 ---') && !stdout.includes('キャッシュ\n'));
  });

  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['montags'], /no report "montags".*\n.*Did you mean montag\?/],
    [['--period', 'year'], /--period is day, week or month/],
    [['--at', 'monday'], /--at is a date such as/],
    [['--format', 'pdf'], /--format is text, html, json/],
    [['--data-dir', 'nowhere'], /there is no usage ledger/],
  ];
  for (const [args, says] of wrong) {
    it(`says what is wrong with ${args.join(' ')}`, async (t) => {
      const run = await runVerb(t, ['report', ...args], { cwd: makeTempDirectory(t, POLICIES) });
      assert.equal(run.code, 2);
      assert.match(run.stderr, says);
    });
  }
});
