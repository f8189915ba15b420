import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forecast } from '../../src/decision/index.ts';
import {
  createUsageLedger,
  openUsageReader,
  StoreOpenError,
  USAGE_GROUPS,
  type UsageEntry,
  type UsageLedgerEvent,
  type UsageLedgerOptions,
  usageFile,
} from '../../src/state/index.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { chargeOf, entryOf } from './usage-entries.ts';

const whole = { fromMs: 0, toMs: Date.UTC(2100, 0), by: 'consumer', top: 5, dateOf: () => '' } as const;

function open(t: Cleanup, options: Partial<UsageLedgerOptions> = {}) {
  const dataDir = options.dataDir ?? makeTempDirectory(t);
  const events: UsageLedgerEvent[] = [];
  const ledger = createUsageLedger({
    timezone: () => 'Asia/Tokyo',
    onEvent: (event) => void events.push(event),
    ...options,
    dataDir,
  });
  t.after(() => ledger.close());
  return { ledger, dataDir, events };
}

describe('the usage ledger', () => {
  it('takes an id once, however often and from wherever it comes', async (t) => {
    const { ledger, dataDir } = open(t);
    const other = open(t, { dataDir }).ledger;
    for (const each of [ledger, ledger, other]) each.add(entryOf('a'));
    await ledger.flush();
    await other.flush();
    ledger.add(entryOf('a', { charges: [chargeOf(999)] }));
    await ledger.flush();
    const { totals, top } = await other.reader.report(whole);
    assert.equal(totals.requests, 1);
    assert.equal(totals.costMicroUsd, 100);
    assert.deepEqual(
      top.byCost.map(({ id }) => id),
      ['a'],
    );
  });

  it('adds up to what budgets were charged when a lease ends, is taken back, and ends again', async (t) => {
    const { ledger, dataDir } = open(t);
    const counter = { key: 'budget:a::x', budget: 'a', unit: 'cost', limit: 5000, split: [] } as const;
    const budgetOf = (amount: number) => [
      { counter: { ...counter, windowStartMs: 0, windowEndMs: Date.UTC(2100, 0) }, isRolling: false, amount },
    ];
    const lease = (kind: 'ended' | 'undone', endedMs: number, amount: number): UsageEntry => {
      const charge = chargeOf(0, { usage: null, costMicroUsd: amount, estimated: true });
      return entryOf('a', { lease: { kind, endedMs }, status: 0, charges: [charge], budgets: budgetOf(amount) });
    };
    const steps: readonly (readonly [UsageEntry, [requests: number, cost: number, estimated: number]])[] = [
      [lease('ended', 1000, 900), [1, 900, 1]],
      [lease('undone', 1000, -900), [0, 0, 0]],
      [lease('ended', 2000, 950), [1, 950, 1]],
      [lease('undone', 2000, -950), [0, 0, 0]],
      [entryOf('a', { budgets: budgetOf(100) }), [1, 100, 0]],
    ];
    const { ledger: other } = open(t, { dataDir });
    for (const [entry, expected] of steps) {
      for (const each of [ledger, ledger, other]) each.add(entry);
      await ledger.flush();
      await other.flush();
      const { totals, top } = await ledger.reader.report(whole);
      assert.deepEqual([totals.requests, totals.costMicroUsd, totals.estimated], expected);
      assert.equal(top.byCost.length, 1, 'it stays one request');
      assert.equal(top.byCost[0]?.costMicroUsd, expected[1]);
      assert.equal(ledger.reader.standings(Date.UTC(2026, 10), () => null)[0]?.spent, expected[1]);
    }
  });

  it('counts a request once, and the tokens and cost of each call under its own model', async (t) => {
    const { ledger } = open(t);
    const spare = { provider: 'spare', model: 'spare/one' };
    ledger.add(entryOf('a', { attempts: 2, fallback: 'server-error', charges: [chargeOf(10, spare), chargeOf(90)] }));
    ledger.add(entryOf('b', { status: 502, charges: [chargeOf(0, { usage: null })] }));
    ledger.add(entryOf('c', { charges: [chargeOf(7, { costMicroUsd: null, estimated: true })] }));
    await ledger.flush();
    const { totals, groups, top } = await ledger.reader.report({ ...whole, by: 'model' });
    assert.deepEqual(
      groups.map(({ key, requests, inputTokens, costMicroUsd }) => [key, requests, inputTokens, costMicroUsd]),
      [
        ['openai/gpt-4o', 2, 97, 90],
        ['spare/one', 1, 10, 10],
      ],
    );
    assert.deepEqual(
      [totals.requests, totals.failed, totals.fallbacks, totals.estimated, totals.unpriced],
      [3, 1, 1, 1, 1],
    );
    assert.deepEqual(
      top.byTokens.map(({ id, tokens, costMicroUsd }) => [id, tokens, costMicroUsd]),
      [
        ['a', 100, 100],
        ['c', 7, null],
        ['b', 0, 0],
      ],
    );
  });

  it('adds up the same by whatever it is grouped, and as its single charges do', async (t) => {
    const entries = fc.array(
      fc.record({
        atMs: fc.integer({ min: Date.UTC(2026, 9, 1), max: Date.UTC(2026, 11, 1) }),
        consumer: fc.constantFrom('a', 'b', ''),
        team: fc.constantFrom('x', '=cmd'),
        route: fc.constantFrom('r', 's'),
        costs: fc.array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(entries, async (given) => {
        const { ledger, dataDir } = open(t);
        given.forEach(({ costs, ...more }, at) => {
          const [first = 0, ...rest] = costs;
          const charges: UsageEntry['charges'] = [chargeOf(first), ...rest.map((cost) => chargeOf(cost))];
          ledger.add(entryOf(`r${at}`, { ...more, charges }));
        });
        await ledger.flush();
        const expected = given.flatMap(({ costs }) => costs).reduce((sum, cost) => sum + cost, 0);
        for (const by of USAGE_GROUPS) {
          const dateOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
          const { totals, groups } = await ledger.reader.report({ ...whole, by, dateOf });
          assert.equal(totals.requests, given.length);
          assert.equal(totals.costMicroUsd, expected);
          assert.equal(
            groups.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
            expected,
          );
        }
        const database = new DatabaseSync(usageFile(dataDir), { readOnly: true });
        const row = database.prepare('SELECT total(cost_micro_usd) AS cost FROM charges').get();
        database.close();
        assert.equal(row?.cost, expected);
        await ledger.close();
      }),
      { numRuns: 15 },
    );
  });

  it('drops and counts what finds no room, and goes on', async (t) => {
    const { ledger } = open(t, { maxQueued: 2 });
    for (const id of ['a', 'b', 'c']) ledger.add(entryOf(id));
    assert.equal(ledger.dropped(), 1);
    await ledger.flush();
    ledger.add(entryOf('d'));
    await ledger.flush();
    assert.equal((await ledger.reader.report(whole)).totals.requests, 3);
  });

  it('leaves out one entry that the file does not take, and keeps the others', async (t) => {
    const { ledger, events } = open(t);
    ledger.add(entryOf('a'));
    ledger.add(entryOf('bad', { atMs: Number.NaN }));
    ledger.add(entryOf('c'));
    await ledger.flush();
    assert.equal((await ledger.reader.report(whole)).totals.requests, 2);
    assert.equal(ledger.dropped(), 1);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['refused'],
    );
  });

  it('waits for a lock that another program holds', async (t) => {
    const { ledger, dataDir, events } = open(t);
    const other = new DatabaseSync(usageFile(dataDir));
    other.exec('BEGIN IMMEDIATE');
    ledger.add(entryOf('a'));
    const flushed = ledger.flush();
    await new Promise(setImmediate);
    assert.equal((await ledger.reader.report(whole)).totals.requests, 0);
    other.exec('COMMIT');
    other.close();
    await flushed;
    assert.equal((await ledger.reader.report(whole)).totals.requests, 1);
    assert.deepEqual(events, []);
  });

  it('opens while another process writes without a pause', async (t) => {
    const dataDir = makeTempDirectory(t);
    const script = join(import.meta.dirname, 'write-usage.ts');
    const child = spawn(process.execPath, [script, dataDir, 'busy'], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const ids = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const ledger = createUsageLedger({ dataDir, timezone: () => 'UTC', onEvent: () => undefined });
      ids.add(ledger.id);
      await ledger.close();
    }
    assert.equal(ids.size, 1, 'one data folder has one id');
  });

  it('keeps what was written when processes that share it are killed', async (t) => {
    const dataDir = makeTempDirectory(t);
    const script = join(import.meta.dirname, 'write-usage.ts');
    const told = await Promise.all(
      ['p', 'q'].map(async (name) => {
        const child = spawn(process.execPath, [script, dataDir, name], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        for await (const chunk of child.stdout.setEncoding('utf8')) {
          text += chunk;
          if (text.split('\n').length > 20) break;
        }
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
        return text.split('\n').slice(0, -1);
      }),
    );
    const { ledger } = open(t, { dataDir });
    const before = (await ledger.reader.report(whole)).totals.requests;
    assert.ok(before >= 400);
    for (const id of told.flat()) ledger.add(entryOf(id));
    await ledger.flush();
    assert.equal((await ledger.reader.report(whole)).totals.requests, before, 'all that was told is there');
  });

  it('tells where a budget leads from the hours it was charged in', async (t) => {
    const { ledger } = open(t);
    const windowStartMs = Date.UTC(2026, 10, 1);
    const windowEndMs = Date.UTC(2026, 11, 1);
    const counter = { key: 'budget:month::x', budget: 'month', unit: 'cost', limit: 2160, split: [] } as const;
    for (let hour = 0; hour < 240; hour++) {
      const budgets = [{ counter: { ...counter, windowStartMs, windowEndMs }, isRolling: false, amount: 5 }];
      ledger.add(entryOf(`h${hour}`, { atMs: windowStartMs + hour * 3_600_000, budgets }));
    }
    while ((await ledger.reader.report(whole)).totals.requests < 240) await ledger.flush();
    const [standing] = ledger.reader.standings(Date.UTC(2026, 10, 11), forecast);
    assert.equal(standing?.spent, 1200);
    assert.equal(standing?.forecast?.reachesLimitAtMs, Date.UTC(2026, 10, 19));
    assert.deepEqual(ledger.reader.standings(windowEndMs, forecast), []);
  });

  it('counts what is paid by the piece, also in a ledger of before that was counted', async (t) => {
    const dataDir = makeTempDirectory(t);
    const before = createUsageLedger({ dataDir, timezone: () => 'UTC', onEvent: () => undefined });
    before.add(entryOf('a', { charges: [chargeOf(100)] }));
    await before.close();
    const database = new DatabaseSync(usageFile(dataDir));
    for (const table of ['charges', 'slices']) {
      for (const column of ['images', 'search_units']) database.exec(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
    database.exec('PRAGMA user_version = 1');
    database.close();
    const reader = openUsageReader(dataDir);
    const { totals } = (await reader?.report(whole)) ?? {};
    reader?.close();
    assert.deepEqual([totals?.requests, totals?.images, totals?.searchUnits], [1, 0, 0]);

    const { ledger } = open(t, { dataDir });
    ledger.add(entryOf('b', { charges: [chargeOf(5, { images: 2 }), chargeOf(5, { images: 1, searchUnits: 4 })] }));
    ledger.add(entryOf('c', { charges: [chargeOf(5, { images: Number.NaN, searchUnits: 1.5 })] }));
    await ledger.flush();
    const after = await ledger.reader.report(whole);
    assert.deepEqual([after.totals.requests, after.totals.images, after.totals.searchUnits], [3, 3, 5]);
    assert.equal(after.totals.costMicroUsd, 115);
  });

  it('says what is wrong with a file that is no ledger, or of a newer version', (t) => {
    const dataDir = makeTempDirectory(t);
    assert.equal(openUsageReader(dataDir), null);
    writeFileSync(usageFile(dataDir), 'not a database, but long enough to be looked at '.repeat(50));
    for (const act of [() => openUsageReader(dataDir), () => open(t, { dataDir })]) {
      assert.throws(act, (error) => error instanceof StoreOpenError && error.message.includes(usageFile(dataDir)));
    }
    const newer = makeTempDirectory(t);
    const database = new DatabaseSync(usageFile(newer));
    database.exec('CREATE TABLE x (y); PRAGMA user_version = 99');
    database.close();
    assert.throws(() => open(t, { dataDir: newer }), /written by a newer version \(layout 99/);
  });
});
