import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import {
  createSqliteStore,
  type SqliteStoreOptions,
  type Store,
  type StoreEvent,
  StoreOpenError,
  StoreUnavailableError,
} from '../../src/state/index.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { dayKey, hold, reservation, testClock } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };

function open(dataDir: string, more: Partial<SqliteStoreOptions<never>> = {}): Store {
  return createSqliteStore({ clock: testClock(), ...more, breaker, dataDir });
}

function refusal(dataDir: string): StoreOpenError {
  try {
    open(dataDir);
  } catch (error) {
    assert.ok(error instanceof StoreOpenError);
    return error;
  }
  throw new assert.AssertionError({ message: 'it opened' });
}

async function spentOn(store: Store, budget: string): Promise<number> {
  const key = dayKey(budget);
  return (await store.readFacts({ counters: [key], targets: [] })).counters[key.key]?.spent ?? 0;
}

async function spend(store: Store, id: string, amount: number): Promise<void> {
  await store.reserve(hold(id, [reservation('a', amount)]));
  await store.commit({ id, charges: [{ counter: dayKey('a'), held: amount, amount }] });
}

/** As the first gateways made it, the outbox of the very first ones included. */
const FIRST_LAYOUT = `
CREATE TABLE counters (
  key TEXT PRIMARY KEY, spent INTEGER NOT NULL, held INTEGER NOT NULL, touched_ms INTEGER NOT NULL,
  window_end_ms INTEGER, span_ms INTEGER, slices TEXT, forget_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX counters_to_forget ON counters (forget_at_ms);
CREATE TABLE holds (id TEXT PRIMARY KEY, until_ms INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ended (id TEXT PRIMARY KEY, forget_at_ms INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX ended_to_forget ON ended (forget_at_ms);
CREATE TABLE claims (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX claims_to_forget ON claims (until_ms);
CREATE TABLE notes (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE outbox (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;
`;

describe('the ledger file', () => {
  it('names itself and the next step when it is no database', (t) => {
    const dataDir = makeTempDirectory(t, {
      'ledger.db': 'not a database, but long enough to look like something else',
    });
    const { message, hint } = refusal(dataDir);
    assert.ok(message.includes(join(dataDir, 'ledger.db')), message);
    assert.match(message, /damaged or no ledger/);
    assert.match(hint, /move the file/);
  });

  it('refuses a database of somebody else, and one of a newer version', (t) => {
    const foreign = makeTempDirectory(t);
    const other = new DatabaseSync(join(foreign, 'ledger.db'));
    other.exec('CREATE TABLE books (title TEXT)');
    other.close();
    assert.match(refusal(foreign).message, /a database of something else/);

    const newer = makeTempDirectory(t);
    const later = new DatabaseSync(join(newer, 'ledger.db'));
    later.exec('PRAGMA user_version = 99');
    later.close();
    assert.match(refusal(newer).message, /written by a newer gateway \(layout 99/);
  });

  it('refuses a folder that cannot be made', (t) => {
    const dataDir = makeTempDirectory(t, { data: 'a file stands here' });
    assert.match(refusal(join(dataDir, 'data', 'below')).message, /ledger\.db cannot be opened \(ENOTDIR/);
    mkdirSync(join(dataDir, 'folder', 'ledger.db'), { recursive: true });
    assert.match(refusal(join(dataDir, 'folder')).message, /cannot be opened/);
  });

  it('finds a page that was overwritten, and says so to the request and to the log', async (t) => {
    const dataDir = makeTempDirectory(t);
    const first = open(dataDir);
    for (let at = 0; at < 200; at++) await first.reserve(hold(`r${at}`, [reservation(`user-${at}`, 1)]));
    await first.close();
    const file = join(dataDir, 'ledger.db');
    const size = statSync(file).size;
    const database = new DatabaseSync(file);
    database.close();
    // Everything after the first page, which says what the tables are.
    const bytes = Buffer.alloc(size - 4096, 0x5a);
    const handle = openSync(file, 'r+');
    writeSync(handle, bytes, 0, bytes.length, 4096);
    closeSync(handle);
    const events: StoreEvent[] = [];
    const store = open(dataDir, { onEvent: (event) => events.push(event) });
    await assert.rejects(store.reserve(hold('next', [reservation('user-3', 1)])), (error) => {
      assert.ok(error instanceof StoreUnavailableError);
      assert.ok(!error.message.includes(dataDir), 'callers are told no path');
      assert.match(error.detail, /ledger\.db is damaged/);
      return true;
    });
    await assert.rejects(store.accounted([]), StoreUnavailableError);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['lost'],
    );
    await store.close();
  });

  it('waits for a program that has it locked, refuses after a while, and goes on when it is free', async (t) => {
    const dataDir = makeTempDirectory(t);
    const events: string[] = [];
    const store = open(dataDir, {
      busyMs: 50,
      onEvent: (event) => events.push(`${event.kind} ${'detail' in event ? event.detail : ''}`),
    });
    await spend(store, 'r1', 10);
    const other = new DatabaseSync(join(dataDir, 'ledger.db'));
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.reserve(hold('r2', [reservation('a', 10)])), StoreUnavailableError);
    assert.equal(await spentOn(store, 'a'), 10);
    other.exec('ROLLBACK');
    // A step that writes nothing goes well, and proves nothing.
    await store.accounted([]);
    assert.equal(events.length, 1);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.reserve(hold('r3', [reservation('a', 10)]));
    await new Promise(setImmediate);
    other.exec('ROLLBACK');
    other.close();
    assert.equal((await waiting).kind, 'held');
    assert.equal(events.length, 2);
    assert.match(events[0]!, /^lost .*locked by another program/);
    assert.match(events[1]!, /^found .*written again/);
    await store.close();
  });

  it('keeps what was acknowledged over a restart, expired holds and all', async (t) => {
    const dataDir = makeTempDirectory(t);
    const clock = testClock();
    const first = open(dataDir, { clock });
    await spend(first, 'r1', 10);
    await first.reserve(hold('r2', [reservation('a', 20)]));
    await first.reserve(hold('r3', [reservation('a', 30)]));
    await first.close();
    const second = open(dataDir, { clock });
    await second.commit({ id: 'r2', charges: [{ counter: dayKey('a'), held: 20, amount: 5 }] });
    clock.advance(1000);
    // Nobody is left who could settle it: its lease decides.
    const { expired } = await second.sweep();
    assert.deepEqual(
      expired.map(({ id, charges: [charge] }) => [id, charge?.amount]),
      [['r3', 30]],
    );
    assert.equal(await spentOn(second, 'a'), 45);
    await second.close();
    const third = open(dataDir, { clock });
    // Whoever was told may have been killed before it wrote it down.
    assert.deepEqual(await third.unaccounted(0), [
      { key: `r3:ended:${expired[0]?.endedMs}`, kind: 'ended', end: { ...expired[0] } },
    ]);
    await third.commit({ id: 'r3', charges: [{ counter: dayKey('a'), held: 30, amount: 12 }] });
    assert.equal(await spentOn(third, 'a'), 27);
    await third.close();
  });

  it('takes over what a gateway of the first layout has left, which then cannot write past it', async (t) => {
    const dataDir = makeTempDirectory(t);
    const first = new DatabaseSync(join(dataDir, 'ledger.db'));
    first.exec(FIRST_LAYOUT);
    const clock = testClock();
    const leftMs = clock.nowMs() - 1000;
    const day = dayKey('a');
    const rolling = {
      ...day,
      key: 'budget:b::rolling',
      budget: 'b',
      windowStartMs: leftMs,
      windowEndMs: leftMs + 60_000,
    };
    const counter = first.prepare('INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    counter.run(day.key, 45, 20, leftMs, day.windowEndMs, null, null, day.windowEndMs + 3_600_000);
    counter.run(
      rolling.key,
      7,
      0,
      leftMs,
      null,
      60_000,
      JSON.stringify([
        [leftMs, 3],
        [leftMs + 1000, 4],
      ]),
      leftMs + 240_000,
    );
    const part = [day.key, 'a', 100, 0, day.windowEndMs, 20, 1000];
    const open1 = JSON.stringify(['them', 0, [[...part, leftMs + 2000, 2]], 'memo']);
    const ended1 = JSON.stringify(['them', 0, [[...part, leftMs, 0, 20, leftMs]], 'memo']);
    first.prepare('INSERT INTO holds VALUES (?, ?, ?)').run('open', leftMs + 2000, open1);
    const ended = first.prepare('INSERT INTO ended VALUES (?, ?, ?)');
    ended.run('ended', leftMs + 3_600_000, ended1);
    ended.run('settled', leftMs + 3_600_000, JSON.stringify(['', 1, [], '']));
    for (const key of ['r2', 'r1']) first.prepare('INSERT INTO outbox VALUES (?, 1, ?, ?)').run(key, 'note', key);
    first.prepare('INSERT INTO notes (key, at_ms, kind, body) VALUES (?, 1, ?, ?)').run('r3', 'note', 'r3');
    first.prepare('INSERT INTO claims VALUES (?, ?, ?)').run('name', leftMs, leftMs + 60_000);

    const events: StoreEvent[] = [];
    const store = open(dataDir, { clock, onEvent: (event) => events.push(event) });
    assert.throws(() => first.prepare('SELECT record FROM holds WHERE id = ?').get('open'), /no such table/);
    first.close();
    const counters = async () => (await store.readFacts({ counters: [day, rolling], targets: [] })).counters;
    assert.deepEqual(await counters(), { [day.key]: { spent: 45, held: 20 }, [rolling.key]: { spent: 7, held: 0 } });
    assert.deepEqual(
      (await store.unaccounted(0)).map((each) => [each.key, each.kind === 'note' && each.note]),
      ['r1', 'r2', 'r3'].map((key) => [key, key]),
    );
    assert.equal(await store.claim('name', 1000), false);
    assert.equal((await store.reserve(hold('settled', [reservation('a', 1)]))).kind, 'refused');
    await store.commit({ id: 'ended', charges: [{ counter: day, held: 20, amount: 12 }] });
    assert.deepEqual(
      events.map((event) => event.kind === 'lease-undone' && event.end.memo),
      ['memo'],
    );
    await store.commit({ id: 'open', charges: [{ counter: day, held: 20, amount: 3 }] });
    assert.deepEqual((await counters())[day.key], { spent: 40, held: 0 });
    clock.advance(59_500);
    assert.deepEqual((await counters())[rolling.key], { spent: 4, held: 0 });
    await store.close();
  });

  for (const [what, row, message] of [
    ['is none, without quoting it', `3, '[1, [["the name of a consumer'`, /row 3 of the journal cannot be read/],
    ['has a number that nobody can have given it', "999, '[]'", /row 3 of the journal has the number 999/],
  ] as const) {
    it(`finds a row of the journal that ${what}`, async (t) => {
      const dataDir = makeTempDirectory(t);
      const store = open(dataDir);
      await spend(store, 'r1', 10);
      const other = new DatabaseSync(join(dataDir, 'ledger.db'));
      other.exec(`INSERT INTO journal VALUES (3, ${row})`);
      other.close();
      await assert.rejects(store.reserve(hold('r2', [reservation('a', 1)])), (error) => {
        assert.ok(error instanceof StoreUnavailableError);
        assert.match(error.detail, /ledger\.db is damaged/);
        assert.match(error.detail, message);
        assert.ok(!error.detail.includes('consumer'));
        return true;
      });
      await store.close();
    });
  }

  it('keeps the tables as they were until a fold, and has all in them when it closes', async (t) => {
    const dataDir = makeTempDirectory(t);
    const reader = () => {
      const database = new DatabaseSync(join(dataDir, 'ledger.db'), { readOnly: true });
      const { spent } = database.prepare('SELECT total(spent) AS spent FROM counters').get() ?? {};
      database.close();
      return spent;
    };
    const store = open(dataDir, { foldAfter: 10 });
    for (let at = 1; at <= 4; at++) await spend(store, `r${at}`, 1);
    assert.equal(reader(), 0);
    await spend(store, 'r5', 1);
    assert.equal(reader(), 5);
    await spend(store, 'r6', 1);
    const beside = open(dataDir);
    assert.equal(await spentOn(beside, 'a'), 6);
    await beside.close();
    await spend(store, 'r7', 1);
    await store.close();
    assert.equal(reader(), 7);
  });

  it('does not grow with the windows that are over', async (t) => {
    const dataDir = makeTempDirectory(t);
    const clock = testClock();
    const store = open(dataDir, { clock });
    const hourMs = 3_600_000;
    let largest = 0;
    for (let hour = 0; hour < 60; hour++) {
      const windowStartMs = Math.floor(clock.nowMs() / hourMs) * hourMs;
      const keys = Array.from({ length: 50 }, (_, user) => {
        const key = `budget:a:user-${user}:${new Date(windowStartMs).toISOString()}`;
        return { ...dayKey('a'), key, windowStartMs, windowEndMs: windowStartMs + hourMs };
      });
      await Promise.all(
        keys.map(async (counter, user) => {
          const id = `r${hour}-${user}`;
          await store.reserve(hold(id, [{ ...reservation('a', 2), counter }]));
          // Every fifth request is never settled.
          if (user % 5 > 0) await store.commit({ id, charges: [{ counter, held: 2, amount: 1 }] });
        }),
      );
      clock.advance(hourMs);
      const { expired } = await store.sweep();
      await store.accounted(expired.map(({ id, endedMs }) => `${id}:ended:${endedMs}`));
      if (hour === 9) largest = statSync(join(dataDir, 'ledger.db')).size;
    }
    await store.close();
    const database = new DatabaseSync(join(dataDir, 'ledger.db'));
    const rows = database
      .prepare(
        'SELECT (SELECT count(*) FROM counters) + (SELECT count(*) FROM leases) + (SELECT count(*) FROM waiting) AS n',
      )
      .get()?.n;
    database.close();
    assert.ok(Number(rows) <= 3 * 60, `${rows} rows are left`);
    const size = statSync(join(dataDir, 'ledger.db')).size;
    assert.ok(size <= Math.max(largest, 64 * 1024) * 2, `${size} bytes, ${largest} after ten hours`);
  });

  it('takes both durabilities, and keeps one step that throws from the others', async (t) => {
    const store = open(makeTempDirectory(t), { durability: 'power' });
    const broken = hold('bad', [{ ...reservation('a', 1), counter: null as never }]);
    const results = await Promise.allSettled([spend(store, 'r1', 10), store.reserve(broken), spend(store, 'r2', 5)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await spentOn(store, 'a'), 15);
    await store.close();
    await assert.rejects(store.reserve(hold('r3', [reservation('a', 1)])), StoreUnavailableError);
  });

  it('begins anew in an empty file', (t) => {
    const dataDir = makeTempDirectory(t);
    writeFileSync(join(dataDir, 'ledger.db'), '');
    open(dataDir).close();
  });
});
