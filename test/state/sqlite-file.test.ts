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
    // A step that writes nothing goes well, and proves nothing.
    await store.accounted([]);
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

  it('tells what an earlier version has left for the usage ledger', async (t) => {
    const dataDir = makeTempDirectory(t);
    await open(dataDir).close();
    const earlier = new DatabaseSync(join(dataDir, 'ledger.db'));
    earlier.exec(
      'CREATE TABLE outbox (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID',
    );
    for (const key of ['r2', 'r1']) earlier.prepare('INSERT INTO outbox VALUES (?, 1, ?, ?)').run(key, 'note', key);
    earlier.close();
    const store = open(dataDir);
    const waiting = await store.unaccounted(0);
    assert.deepEqual(
      waiting.map((each) => [each.key, each.kind === 'note' && each.note]),
      [
        ['r1', 'r1'],
        ['r2', 'r2'],
      ],
    );
    await store.accounted(['r1']);
    await store.close();
    const again = open(dataDir);
    await again.accounted(['r2']);
    assert.deepEqual(await again.unaccounted(0), []);
    await again.close();
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
        'SELECT (SELECT count(*) FROM counters) + (SELECT count(*) FROM holds) + (SELECT count(*) FROM ended) + (SELECT count(*) FROM notes) AS n',
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
