import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import {
  createStore,
  type Store,
  type StoreEvent,
  StoreOpenError,
  StoreUnavailableError,
} from '../../src/state/index.ts';
import { makeAuthority } from '../support/make-authority.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis, startRedisCluster, startRedisPair, until } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { dayKey, hold, reservation } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };

function open(url: string, events: StoreEvent[] = []): Promise<Store> {
  const onEvent = (event: StoreEvent) => void events.push(event);
  return createStore({ url, dataDir: '/nowhere', clock: { nowMs: Date.now }, breaker, onEvent });
}

/** With a lease that no test outlives, and a window that is not over. */
const long = (amount: number, limit = 100) => ({
  ...reservation('a', amount),
  leaseMs: 600_000,
  counter: openKey(limit),
});
const openKey = (limit = 100) => ({ ...dayKey('a', limit), windowEndMs: Date.UTC(2100, 0, 1) });
const account = (id: string, amount: number, held = 0) => ({ id, charges: [{ counter: openKey(), held, amount }] });

async function read(store: Store) {
  const key = openKey();
  return (await store.readFacts({ counters: [key], targets: [] })).counters[key.key];
}

async function isBack(store: Store): Promise<boolean> {
  return read(store).then(
    () => true,
    () => false,
  );
}

describe('a Redis that goes away', () => {
  it('is told once, fails fast with what was last known, and settles late accounts once when it is back', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    const events: StoreEvent[] = [];
    const store = await open(server.url, events);
    t.after(() => store.close());
    await store.reserve(hold('r1', [long(40)]));
    await store.reserve(hold('r2', [long(30)]));
    assert.deepEqual(await read(store), { spent: 0, held: 70 });

    await server.stop();
    await assert.rejects(store.commit(account('r1', 25, 40)), StoreUnavailableError);
    await assert.rejects(store.commit({ ...account('r9', 5), isUnheld: true }), StoreUnavailableError);
    await assert.rejects(store.reserve(hold('r3', [long(1)])), StoreUnavailableError);
    await assert.rejects(read(store), (error) => {
      assert.ok(error instanceof StoreUnavailableError);
      // What this process has spent without the store counts as well.
      assert.deepEqual(error.lastKnown?.counters[openKey().key], { spent: 30, held: 30 });
      return true;
    });
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['lost'],
    );

    await server.start();
    await until(() => isBack(store));
    await until(async () => (await read(store))?.spent === 30);
    assert.deepEqual(await read(store), { spent: 30, held: 30 });
    const found = events[1];
    assert.ok(found?.kind === 'found' && found.lateAccounts === 2 && found.droppedAccounts === 0);
    assert.deepEqual(await store.commit(account('r1', 25)), { applied: false, counters: [] });
  });

  it('loses and doubles nothing when it is killed and restarted under load', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    const store = await open(server.url);
    t.after(() => store.close());
    let settled = 0;
    let refused = 0;
    let isOver = false;
    const doubtful = new Set<string>();
    const lane = async (name: string) => {
      for (let at = 0; !isOver; at++) {
        const id = `${name}-${at}`;
        try {
          if ((await store.reserve(hold(id, [long(3, 1_000_000)]))).kind !== 'held') throw new Error('there is room');
        } catch {
          // What the gateway does when a budget fails closed: whatever the store may hold is given back.
          doubtful.add(id);
          refused += 1;
          await store.commit({ id, charges: [] }).catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 5));
          continue;
        }
        await store.commit(account(id, 2)).catch(() => undefined);
        settled += 1;
      }
    };
    const lanes = Array.from({ length: 8 }, (_, at) => lane(`lane${at}`));
    for (let round = 0; round < 3; round++) {
      const enough = settled + 100;
      await until(async () => settled >= enough);
      await server.stop('SIGKILL');
      const more = refused + 10;
      await until(async () => refused >= more);
      await server.start();
    }
    isOver = true;
    await Promise.all(lanes);
    await until(() => isBack(store));
    await until(async () => (await read(store))?.held === 0);
    assert.deepEqual(await read(store), { spent: settled * 2, held: 0 });
  });

  it('is not waited for when it stands still', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    const store = await open(`${server.url}?timeout=50`);
    t.after(() => store.close());
    await read(store);
    server.freeze();
    const begun = performance.now();
    for (let at = 0; at < 50; at++) await assert.rejects(read(store), StoreUnavailableError);
    const waitedMs = performance.now() - begun;
    assert.ok(waitedMs < 1500, `50 requests waited ${Math.round(waitedMs)} ms together`);
    server.thaw();
    await until(() => isBack(store));
  });

  it('is sent the scripts again after it has forgotten them', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    const store = await open(server.url);
    const other = new Redis(server.url);
    t.after(async () => {
      other.disconnect();
      await store.close();
    });
    await store.reserve(hold('r1', [long(40)]));
    await other.script('FLUSH');
    assert.equal((await store.reserve(hold('r2', [long(40)]))).kind, 'held');
    // Every key goes by itself, some time after its window.
    for (const key of await other.keys('*')) assert.ok((await other.pttl(key)) > 0, `${key} never expires`);
  });

  it('is told of once when it would drop budgets for want of memory', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program, ['--maxmemory', '64mb', '--maxmemory-policy', 'volatile-lru']);
    const events: StoreEvent[] = [];
    await (await open(server.url, events)).close();
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['may-forget'],
    );
    const admin = new Redis(server.url);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    admin.disconnect();
    await (await open(server.url, events)).close();
    assert.equal(events.length, 1);
  });

  it('need not be there when the gateway starts', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    await server.stop();
    const events: StoreEvent[] = [];
    const store = await open(server.url, events);
    t.after(() => store.close());
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['lost'],
    );
    await assert.rejects(read(store), StoreUnavailableError);
    await server.start();
    await until(() => isBack(store));
  });

  it('loses a cluster’s shard and is found again', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const nodes = await startRedisCluster(t, program);
    const store = await open(`redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`);
    t.after(() => store.close());
    await store.reserve(hold('r1', [long(40)]));
    for (const node of nodes) await node.stop('SIGKILL');
    await assert.rejects(read(store), StoreUnavailableError);
    await assert.rejects(store.commit(account('r1', 25)), StoreUnavailableError);
    await Promise.all(nodes.map((node) => node.start()));
    await until(() => isBack(store));
    await until(async () => (await read(store))?.spent === 25);
    assert.deepEqual(await read(store), { spent: 25, held: 0 });
  });
});

describe('a connection to Redis', () => {
  it('is refused at the start with a wrong password, which is shown nowhere', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program, ['--requirepass', 'right']);
    const wrong = server.url.replace('redis://', 'redis://:wr0ng-secret@');
    await assert.rejects(open(wrong), (error) => {
      assert.ok(error instanceof StoreOpenError);
      assert.match(error.message, /refuses the user or password/);
      assert.ok(!`${error.message}${error.hint}${error.stack}`.includes('wr0ng-secret'));
      return true;
    });
    await assert.rejects(open(server.url), StoreOpenError);
    const store = await open(server.url.replace('redis://', 'redis://:right@'));
    assert.equal((await store.reserve(hold('r1', [long(1)]))).kind, 'held');
    await store.close();
  });

  it('is refused at the start by a server that does not run the scripts, with what to do', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const nodes = await startRedisCluster(t, program);
    const refused: StoreOpenError[] = [];
    for (const { url } of nodes) {
      const result = await open(url).catch((error: unknown) => error);
      if (result instanceof StoreOpenError) refused.push(result);
      else await (result as Store).close();
    }
    // One of the three nodes has the ledger's slot.
    assert.equal(refused.length, 2);
    for (const { hint } of refused) assert.match(hint, /redis\+cluster:\/\//);

    const server = await startRedis(t, program, [
      '--user',
      'reader',
      'on',
      '>pw',
      '~*',
      '+@read',
      '+client',
      '+info',
      '+select',
    ]);
    await assert.rejects(open(server.url.replace('redis://', 'redis://reader:pw@')), (error) => {
      assert.ok(error instanceof StoreOpenError);
      assert.match(error.message, /does not run the ledger’s scripts \(NOPERM/);
      assert.match(error.hint, /may call EVAL/);
      return true;
    });
  });

  it('speaks TLS to a server whose authority it is told, and to no other', async (t) => {
    const program = requireProgram(t, 'redis-server');
    const openssl = requireProgram(t, 'openssl');
    if (program === undefined || openssl === undefined) return;
    const tls = makeAuthority(openssl, makeTempDirectory(t));
    const other = makeAuthority(openssl, makeTempDirectory(t));
    const { url, port } = await startRedis(t, program, [], { tls });
    for (const host of ['127.0.0.1', 'localhost']) {
      const store = await open(`rediss://${host}:${port}?ca=${tls.ca}`);
      assert.equal((await store.reserve(hold(host, [long(1)]))).kind, 'held');
      await store.close();
    }
    // Another authority, none, the system's own, and no TLS at all.
    for (const wrong of [url.replace(tls.ca, other.ca), `rediss://127.0.0.1:${port}`, `redis://127.0.0.1:${port}`]) {
      const store = await open(wrong);
      await assert.rejects(store.reserve(hold('r2', [long(1)])), StoreUnavailableError);
      await store.close();
    }
    await assert.rejects(open(`rediss://localhost:${port}?ca=/nowhere/ca.pem`), StoreOpenError);
    const nodes = await startRedisCluster(t, program, tls);
    const list = nodes.map((node) => `localhost:${node.port}`).join(',');
    const cluster = await open(`rediss+cluster://${list}?ca=${tls.ca}`);
    assert.equal((await cluster.reserve(hold('r3', [long(1)]))).kind, 'held');
    await cluster.close();
  });
});

describe('a master that its Sentinels replace', { concurrency: true }, () => {
  for (const isTls of [false, true]) {
    it(`keeps what was replicated, while requests go on${isTls ? ', over TLS' : ''}`, async (t) => {
      const program = requireProgram(t, 'redis-server');
      const openssl = requireProgram(t, 'openssl');
      if (program === undefined || openssl === undefined) return;
      const pair = await startRedisPair(t, program, isTls ? makeAuthority(openssl, makeTempDirectory(t)) : undefined);
      const store = await open(pair.url);
      t.after(() => store.close());
      await store.reserve(hold('long', [long(40, 1_000_000)]));
      const load = createLoad(store);
      await until(async () => load.settledMs.length >= 300);
      const killedMs = performance.now();
      await pair.master.stop('SIGKILL');
      // Requests are refused meanwhile, not answered without their holds, and go on by themselves afterwards.
      await until(async () => load.refused() > 0);
      const before = load.settledMs.length;
      await until(async () => load.settledMs.length >= before + 300, 30_000);
      await load.end();
      assert.equal((await store.commit(account('long', 25))).applied, true);

      // Holds whose account was lost with the old master end by their lease.
      await until(async () => {
        await store.sweep();
        return (await read(store))?.held === 0;
      });
      const { spent } = (await read(store)) ?? assert.fail('the counter is there');
      const settled = load.settledMs.length;
      // Redis replicates after it has answered: what it acknowledged in its last moments may be gone, and nothing else.
      const unsure = load.settledMs.filter((atMs) => atMs > killedMs - 500 && atMs <= killedMs).length;
      const least = 25 + 2 * (settled - unsure);
      const most = 25 + 2 * settled + 3 * (unsure + load.refused());
      assert.ok(spent >= least && spent <= most, `${spent} spent, of ${least} to ${most}`);
    });
  }
});

/** Eight callers that hold 3 and spend 2, one request after another. */
function createLoad(store: Store) {
  const settledMs: number[] = [];
  let refused = 0;
  let isOver = false;
  const lane = async (name: string) => {
    for (let at = 0; !isOver; at++) {
      const id = `${name}-${at}`;
      try {
        const held = { ...long(3, 1_000_000), leaseMs: 2000 };
        if ((await store.reserve(hold(id, [held]))).kind !== 'held') throw new Error('there is room');
        if ((await store.commit(account(id, 2))).applied) settledMs.push(performance.now());
      } catch {
        refused += 1;
        await store.commit({ id, charges: [] }).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  };
  const lanes = Array.from({ length: 8 }, (_, at) => lane(`lane${at}`));
  const end = async () => {
    isOver = true;
    await Promise.all(lanes);
  };
  return { settledMs, refused: () => refused, end };
}
