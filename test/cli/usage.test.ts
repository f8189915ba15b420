import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { forecastText } from '../../src/cli/usage/forecast-text.ts';
import { showUsage } from '../../src/cli/usage/show-usage.ts';
import { usageCsv } from '../../src/cli/usage/usage-csv.ts';
import { forecast, localDate, startOfDate } from '../../src/decision/index.ts';
import { createUsageLedger, type ForecastLine, openUsageReader, summarizeUsage } from '../../src/state/index.ts';
import { startTestGateway } from '../gateway/harness.ts';
import { chargeOf, entryOf } from '../state/usage-entries.ts';
import { runVerb } from '../support/run-verb.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const tokyo = 'Asia/Tokyo';
const look = { hasColours: false, columns: 80, isQuiet: false };
const nowMs = Date.UTC(2026, 10, 11);
const window = { windowStartMs: Date.UTC(2026, 9, 31, 15), windowEndMs: Date.UTC(2026, 10, 30, 15) };
const budget = { key: 'k', budget: 'product-month', unit: 'cost', limit: 1_000_000_000, split: [], ...window } as const;

/** A data folder with a ledger: ten days at an even pace, one consumer with an ugly name, one request late on a Tokyo evening. */
async function makeLedger(t: Cleanup): Promise<string> {
  const dataDir = makeTempDirectory(t);
  const ledger = createUsageLedger({ dataDir, timezone: () => tokyo, onEvent: () => {} });
  for (let hour = 0; hour < 240; hour++) {
    const budgets = [{ counter: budget, isRolling: false, amount: 2_000_000 }];
    const charges = [chargeOf(1_234_567, { costMicroUsd: 2_000_000 })] as const;
    ledger.add(entryOf(`req_${hour}`, { atMs: window.windowStartMs + hour * 3_600_000, budgets, charges }));
  }
  ledger.add(entryOf('req_x', { atMs: nowMs - 1, consumer: '=HYPERLINK("http://x","y")', team: '', status: 502 }));
  ledger.add(
    entryOf('req_y', { atMs: nowMs - 1, consumer: 'a-consumer-with-a-very-long-name-that-fits-nowhere-at-all' }),
  );
  await ledger.close();
  return dataDir;
}

async function summary(t: Cleanup, by: 'consumer' | 'day' | 'team' = 'consumer') {
  const reader = openUsageReader(await makeLedger(t));
  assert.ok(reader);
  t.after(() => reader.close());
  const query = { from: null, to: null, by, top: 5, nowMs };
  return summarizeUsage(reader, query, { localDate, startOfDate, forecast });
}

describe('usage', () => {
  it('fits 80 columns, with the numbers aligned on the right', async (t) => {
    const text = showUsage(await summary(t), look, nowMs);
    const lines = text.split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
    assert.equal(lines[0], 'Usage by consumer  2026-11-01 to 2026-11-11 09:00 (Asia/Tokyo)');
    const table = lines.slice(2, lines.indexOf('', 2));
    assert.equal(new Set(table.map((line) => line.length)).size, 1, text);
    assert.match(table[1] ?? '', /^product-team +240 +296,296,080 +0 +480\.000000 +100\.0%$/);
    assert.match(table.at(-1) ?? '', /^total +242 +296,296,280 +0 +480\.000200 +100\.0%$/);
    assert.match(text, /a-consumer-\S*…/);
    assert.match(text, /Requests: 1 failed/);
    assert.match(text, / {2}product-month: 480\.00 of 1000\.00 USD \(48%\); at this rate it reaches its cap on/);
  });

  it('counts days in the zone of the Project', async (t) => {
    const { groups } = await summary(t, 'day');
    assert.equal(groups[0]?.key, '2026-11-01');
    assert.equal(groups[0]?.requests, 24);
    assert.equal(groups.length, 11);
  });

  it('says what was paid by the piece, where anything was', async (t) => {
    const plain = await summary(t);
    assert.ok(!showUsage(plain, look, nowMs).includes('By the piece'));
    const totals = { ...plain.totals, images: 1200, searchUnits: 3 };
    assert.match(showUsage({ ...plain, totals }, look, nowMs), /^By the piece: images 1,200, search units 3$/m);
  });

  it('writes CSV that no spreadsheet runs', async (t) => {
    const text = usageCsv(await summary(t));
    const [head, ...rows] = text.trimEnd().split('\r\n');
    assert.equal(
      head,
      'consumer,requests,failed,fallbacks,estimated,unpriced,input,cacheRead,cacheWrite,cacheWrite1h,output,reasoning,audioInput,audioOutput,cost_usd,saved_usd,share,images,searchUnits',
    );
    assert.equal(rows[0], 'product-team,240,0,0,0,0,296296080,0,0,0,0,0,0,0,480.000000,0.000000,1.0000,0,0');
    const line = (await summary(t)).groups[0];
    assert.ok(line);
    const cells: readonly (readonly [name: string, cell: string])[] = [
      ['=1+1', "'=1+1"],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@sum', "'@sum"],
      ['\t=1', "'\t=1"],
      [' =1', "' =1"],
      ['=a,"b"', '"\'=a,""b"""'],
      ['plain-name', 'plain-name'],
      ['two\r\nlines', '"two\r\nlines"'],
    ];
    for (const [name, cell] of cells) {
      const written = usageCsv({ ...(await summary(t)), groups: [{ ...line, key: name }] });
      assert.ok(written.includes(`searchUnits\r\n${cell},240,`), JSON.stringify(written));
    }
  });

  const line = (more: Partial<ForecastLine>): ForecastLine => ({
    budget: 'product-month',
    split: [],
    unit: 'cost',
    limit: 1_000_000_000,
    spent: 12_400_000,
    share: 0.0124,
    window: { start: '2026-10-31T15:00:00.000Z', end: '2026-11-30T15:00:00.000Z' },
    forecast: null,
    ...more,
  });
  const outlooks: readonly (readonly [more: Partial<ForecastLine>, text: string])[] = [
    [{}, 'product-month: 12.40 of 1000.00 USD (1%); its window ends on Tue 1 Dec; too early for a forecast'],
    [
      { forecast: { projected: 1, reachesLimitAt: '2026-11-18T16:00:00.000Z', basis: 'linear' } },
      'product-month: 12.40 of 1000.00 USD (1%); at this rate it reaches its cap on Thu 19 Nov',
    ],
    [
      { forecast: { projected: 1, reachesLimitAt: '2026-11-11T03:30:00.000Z', basis: 'linear' } },
      'product-month: 12.40 of 1000.00 USD (1%); at this rate it reaches its cap today at 12:30',
    ],
    [
      {
        unit: 'tokens',
        limit: 50_000,
        spent: 100,
        split: ['a', 'b'],
        share: 0.002,
        forecast: { projected: 4321, reachesLimitAt: null, basis: 'linear' },
      },
      'product-month[a, b]: 100 of 50,000 tokens (0%); at this rate 4,321 tokens when its window ends on Tue 1 Dec',
    ],
    [
      { spent: 1_000_000_000, share: 1 },
      'product-month: 1000.00 of 1000.00 USD (100%); its cap is reached; its window ends on Tue 1 Dec',
    ],
  ];
  for (const [more, text] of outlooks) {
    it(`says: ${text}`, () => assert.equal(forecastText(line(more), tokyo, nowMs), text));
  }
});

describe('signalbox usage', () => {
  const cases: readonly (readonly [args: string, code: number, stdout: RegExp, stderr: RegExp])[] = [
    ['--from 2026-11-01 --to 2026-12-01', 0, /^Usage by consumer[\s\S]*total +242/, /^$/],
    ['--from 2026-11-01 --to 2026-12-01 --by team --format json', 0, /"by": "team"[\s\S]*"key": "product"/, /^$/],
    ['--from 2026-11-01 --to 2026-12-01 --format csv', 0, /^consumer,requests,[\s\S]*'=HYPERLINK/, /^$/],
    ['--from 2026-11-01 --to 2026-12-01 --format markdown', 0, /^\| consumer \| requests/, /^$/],
    ['--from 2026-11-01 --to 2026-12-01 --format junit', 0, /^<\?xml/, /^$/],
    ['--from 2020-01-01 --to 2020-02-01', 0, /No request in this time/, /^$/],
    ['--by colour', 2, /^$/, /by "colour"\n {2}(Groups are consumer|Did you mean)/],
    ['--from soon', 2, /^$/, /--from is a date such as/],
    ['--top many', 2, /^$/, /--top is a whole number/],
    ['--format csv --format json', 2, /^$/, /only one report can go to stdout/],
    ['--data-dir nowhere', 2, /^$/, /no usage ledger: nowhere.usage\.db does not exist\n {2}.*--data-dir/],
  ];
  for (const [args, code, stdout, stderr] of cases) {
    it(`${args} ends with ${code}`, async (t) => {
      const env = { SIGNALBOX_DATA_DIR: await makeLedger(t) };
      const run = await runVerb(t, ['usage', ...args.split(' ')], { cwd: makeTempDirectory(t), env });
      assert.equal(run.code, code, run.stdout + run.stderr);
      assert.match(run.stdout, stdout);
      assert.match(run.stderr, stderr);
    });
  }

  it('writes CSV to a file and leaves stdout to people', async (t) => {
    const cwd = makeTempDirectory(t);
    const env = { SIGNALBOX_DATA_DIR: await makeLedger(t) };
    const run = await runVerb(t, ['usage', '--from', '2026-11-01', '--format', 'csv=out/usage.csv'], { cwd, env });
    assert.match(run.stdout, /^Usage by consumer/);
    assert.ok(existsSync(join(cwd, 'out/usage.csv')));
    assert.match(readFileSync(join(cwd, 'out/usage.csv'), 'utf8'), /^consumer,requests/);
  });

  it('asks a running gateway, which may refuse the question', async (t) => {
    const gateway = await startTestGateway(t, {
      'all.yaml': 'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: all }\nspec: { match: {} }\n',
    });
    const ask = (...args: string[]) => runVerb(t, ['usage', '--url', gateway.url, ...args]);
    const empty = await ask();
    assert.equal(empty.code, 0, empty.stderr);
    assert.match(empty.stdout, /The ledger holds no request yet/);
    const wrong = await ask('--from', 'soon');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /from is a date such as/);
  });
});
