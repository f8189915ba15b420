import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { advanceBreaker, breakerView, CLOSED_BREAKER, type CounterKey } from '#decision';
import { createStore, type Store, type UsageEntry } from '#state';
import { writeUsageNote } from '../src/gateway/usage-note.ts';
import { findProgram } from '../test/support/skip.ts';
import { startRedis } from '../test/support/start-redis.ts';

/**
 * What the store costs one request with five budgets: `node bench/admission.ts`. Reads the facts, takes the holds, settles them; prints microseconds of this
 * process's own CPU and, for Redis, round trips and how long a reservation waits. Bars: 60 µs on the embedded store, one round trip for a reservation.
 */
const REQUESTS = 4000;
const ROUNDS = 10;
const BAR_MICROS = 60;

const windowStartMs = Date.UTC(2020, 0, 1);
const counters: readonly CounterKey[] = ['org', 'team', 'app', 'route', 'minute'].map((budget, at) => ({
  key: at === 4 ? `budget:${budget}::rolling` : `budget:${budget}::2020-01-01T00:00:00.000Z`,
  ...{ budget, unit: 'tokens', limit: 1e12, split: [] },
  windowStartMs: at === 4 ? Date.now() - 60_000 : windowStartMs,
  windowEndMs: at === 4 ? Date.now() : Date.UTC(2100, 0, 1),
}));
const reservations = counters.map((counter) => {
  return { counter, amount: 10, enforce: true, targets: null, leaseMs: 120_000, onLeaseExpiry: 'settle' as const };
});
const charges = counters.map((counter) => ({ counter, held: 10, amount: 7 }));
const query = { counters, targets: ['main/gpt', 'main/claude'] };

/** As much text as the gateway keeps with a hold, and with its account until the usage ledger has it. */
const memo = [
  windowStartMs,
  ['production', '602cc71f5218', 'support-bot', 'support', 'assistant', 'premium', 'chat'],
  ['premium/gpt', 'openai', 'openai/gpt-4o'],
  counters.map(({ unit, windowEndMs }) => [unit, 0, windowEndMs]),
];
const note: Omit<UsageEntry, 'id'> = {
  ...{
    atMs: windowStartMs,
    environment: 'production',
    revision: '602cc71f5218',
    consumer: 'support-bot',
    team: 'support',
  },
  ...{ route: 'assistant', chain: 'premium', endpoint: 'chat', status: 200, code: null, fallback: null, attempts: 1 },
  savedMicroUsd: 0,
  charges: [
    {
      ...{ target: 'premium/gpt', provider: 'openai', model: 'openai/gpt-4o', costMicroUsd: 7, estimated: false },
      ...{ priceSource: 'https://openai.com/api/pricing', priceFromMs: windowStartMs, images: 0, searchUnits: 0 },
      usage: {
        input: 21,
        cacheRead: 0,
        cacheWrite: 0,
        cacheWrite1h: 0,
        output: 42,
        reasoning: 0,
        audioInput: 0,
        audioOutput: 0,
      },
    },
  ],
  budgets: counters.map((counter) => ({ counter, isRolling: false, amount: 7 })),
};
/** So many accounts the usage ledger writes at once. */
const LEDGER_GROUP = 200;
let written: string[] = [];

/** As the gateway does it: its texts are made anew for every request, and the outbox is emptied by the group. */
async function request(store: Store, id: string): Promise<void> {
  await store.readFacts(query);
  await store.reserve({ id, owner: 'bench', memo: JSON.stringify(memo), reservations });
  await store.commit({ id, charges, note: writeUsageNote({ id, ...note }) });
  if (written.push(id) < LEDGER_GROUP) return;
  const keys = written;
  written = [];
  await store.accounted(keys);
}

/** Least CPU of several rounds: a shared machine only ever adds. */
async function measure(store: Store, parallel: number, name: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    let next = 0;
    const lane = async () => {
      while (next < REQUESTS) await request(store, `${name}-${parallel}-${round}-${next++}`);
    };
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: parallel }, lane));
    const { user, system } = process.cpuUsage(before);
    if (round > 0) least = Math.min(least, (user + system) / REQUESTS);
  }
  return least;
}

function open(url: string | null, dataDir: string, durability = 'process'): Promise<Store> {
  const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
  return createStore({ url, dataDir, durability, clock: { nowMs: Date.now }, breaker });
}

async function report(name: string, store: Store, barMicros: number | null): Promise<void> {
  const columns: string[] = [];
  for (const parallel of [1, 32]) columns.push((await measure(store, parallel, name)).toFixed(1).padStart(8));
  const bar =
    barMicros === null
      ? ''
      : `   bar ${barMicros}: ${columns.every((micros) => Number(micros) <= barMicros) ? 'met' : 'MISSED'}`;
  console.log(`${name.padEnd(28)}${columns.join('')}${bar}`);
  await store.close();
}

/** What the machine takes today for the least that a journal can do: one row changed, in a transaction of its own, as SQLite writes it without syncing. */
function bareTransaction(file: string): number {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE rows (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO rows VALUES (1, 0)',
  );
  const steps = ['BEGIN IMMEDIATE', 'UPDATE rows SET n = n + 1 WHERE id = 1', 'COMMIT'].map((text) =>
    database.prepare(text),
  );
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let at = 0; at < REQUESTS; at++) for (const step of steps) step.run();
    const { user, system } = process.cpuUsage(before);
    if (round > 0) least = Math.min(least, (user + system) / REQUESTS);
  }
  database.close();
  return least;
}

/** Each in a process of its own, as a gateway has one store: what several have run is compiled for all of them, and slower for each. */
const MEASURED: Readonly<Record<string, (directory: string) => Promise<void>>> = {
  memory: async (directory) => report('memory', await open('memory:', directory), null),
  bare: async (directory) => {
    const micros = bareTransaction(join(directory, 'bare.db')).toFixed(1);
    console.log(`a bare transaction of SQLite${micros.padStart(8)}           a request makes two, of a page each`);
  },
  process: async (directory) => report('SQLite, durability process', await open(null, directory), BAR_MICROS),
  power: async (directory) => report('SQLite, durability power', await open(null, directory, 'power'), null),
  async redis(directory) {
    const program = findProgram('redis-server');
    if (program === undefined) console.log('Redis: not measured, there is no redis-server on PATH');
    else await measureRedis(program, directory);
  },
};

const measured = MEASURED[process.argv[2] ?? ''];
if (measured === undefined) {
  console.log(`CPU µs a request with five budgets        1 at a time, 32 at a time`);
  for (const name of Object.keys(MEASURED)) {
    execFileSync(process.execPath, [import.meta.filename, name], { stdio: 'inherit' });
  }
} else {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  await measured(directory);
  rmSync(directory, { recursive: true });
}

async function measureRedis(redisServer: string, directory: string): Promise<void> {
  const cleanups: (() => void | Promise<void>)[] = [];
  const server = await startRedis({ after: (clean) => void cleanups.push(clean) }, redisServer);
  await report('Redis (client only)', await open(`${server.url}?timeout=10000`, directory), null);
  const store = await open(`${server.url}?timeout=10000`, directory);
  const watch = new Redis(server.url);
  const calls = async () => {
    const stats = await watch.info('commandstats');
    return [...stats.matchAll(/cmdstat_(?:evalsha|eval):calls=(\d+)/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  };
  const count = 1000;
  const before = await calls();
  const waits: number[] = [];
  for (let at = 0; at < count; at++) {
    const begun = performance.now();
    await store.reserve({ id: `trip-${at}`, owner: 'bench', reservations });
    waits.push(performance.now() - begun);
  }
  const trips = ((await calls()) - before) / count;
  waits.sort((a, b) => a - b);
  const [median = 0, worst = 0] = [waits[count / 2], waits[Math.floor(count * 0.99)]].map((ms) => (ms ?? 0) * 1000);
  const verdict = trips === 1 ? 'met' : 'MISSED';
  console.log(
    `Redis: ${trips} round trips a reservation, bar 1: ${verdict}; p50 ${median.toFixed(0)} µs, p99 ${worst.toFixed(0)} µs`,
  );
  watch.disconnect();
  await store.close();
  for (const clean of cleanups) await clean();
}
