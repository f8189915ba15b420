import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import {
  createMemoryStore,
  createSqliteStore,
  type LeaseEnd,
  type Store,
  type StoreEvent,
} from '../../src/state/index.ts';
import { createRedisStore } from '../../src/state/redis/redis-store.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { emptyModel, ledgerCommands, type World } from './ledger-model.ts';
import { testClock } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };

async function holds(isDurable: boolean, runs: number, begin: () => Promise<World>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(ledgerCommands(isDurable), async (commands) => {
      const world = await begin();
      try {
        await fc.asyncModelRun(() => ({ model: emptyModel(), real: world }), commands);
      } finally {
        await world.store.close();
      }
    }),
    { numRuns: runs },
  );
}

/** Keeps the ends of leases that were taken back. */
function listen(undone: LeaseEnd[]) {
  return (event: StoreEvent) => void (event.kind === 'lease-undone' && undone.push(event.end));
}

/** Whatever happens, in whatever order: spent and held stay within the limit, and each request is settled once. */
describe('the ledger against its model', () => {
  it('holds in memory', async () => {
    await holds(false, 300, async () => {
      const clock = testClock();
      const undone: LeaseEnd[] = [];
      const store = createMemoryStore({ clock, breaker, onEvent: listen(undone) });
      return { store, clock, undone, restart: null, crash: null };
    });
  });

  it('holds in SQLite, through restarts and crashes', async (t) => {
    const root = makeTempDirectory(t);
    await holds(true, 150, async () => {
      const clock = testClock();
      let dataDir = mkdtempSync(join(root, 'run-'));
      const undone: LeaseEnd[] = [];
      const open = () => createSqliteStore({ dataDir, clock, breaker, foldAfter: 4, onEvent: listen(undone) });
      const world: World = {
        store: open(),
        clock,
        undone,
        async restart() {
          await world.store.close();
          world.store = open();
        },
        // What the operating system has at this moment is what a killed process leaves behind.
        async crash() {
          const next = mkdtempSync(join(root, 'run-'));
          for (const file of ['ledger.db', 'ledger.db-wal']) {
            if (existsSync(join(dataDir, file))) copyFileSync(join(dataDir, file), join(next, file));
          }
          await world.store.close();
          rmSync(dataDir, { recursive: true });
          dataDir = next;
          world.store = open();
        },
      };
      return world;
    });
  });

  it('holds in Redis, through restarts and crashes of its gateways', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const { url } = await startRedis(t, program);
    let ledgers = 0;
    await holds(true, 40, async () => {
      const clock = testClock();
      const undone: LeaseEnd[] = [];
      const ledger = `model-${ledgers++}`;
      const open = (): Promise<Store> =>
        createRedisStore({
          url: `${url}?ledger=${ledger}&timeout=5000`,
          ...{ clock, breaker, isClockShared: true, onEvent: listen(undone) },
        });
      const world: World = {
        store: await open(),
        clock,
        undone,
        async restart() {
          await world.store.close();
          world.store = await open();
        },
        async crash() {
          const lost = world.store;
          world.store = await open();
          await lost.close();
        },
      };
      return world;
    });
  });

  it('holds in SQLite, whichever of three processes takes a step', async (t) => {
    const root = makeTempDirectory(t);
    await holds(false, 60, async () => {
      const clock = testClock();
      const undone: LeaseEnd[] = [];
      const dataDir = mkdtempSync(join(root, 'run-'));
      const open = () => createSqliteStore({ dataDir, clock, breaker, foldAfter: 4, onEvent: listen(undone) });
      return { store: inTurn([open(), open(), open()]), clock, undone, restart: null, crash: null };
    });
  });

  it('holds in Redis, whichever of three replicas takes a step', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const { url } = await startRedis(t, program);
    let ledgers = 0;
    await holds(false, 25, async () => {
      const clock = testClock();
      const undone: LeaseEnd[] = [];
      const ledger = `shared-${ledgers++}`;
      const open = () =>
        createRedisStore({
          url: `${url}?ledger=${ledger}&timeout=5000`,
          ...{ clock, breaker, isClockShared: true, onEvent: listen(undone) },
        });
      const store = inTurn([await open(), await open(), await open()]);
      return { store, clock, undone, restart: null, crash: null };
    });
  });
});

/**
 * One after the other takes a step; all of them close together. Whoever took the last one is asked how things stand: others may say what was so a millisecond
 * ago, which no step of theirs goes by.
 */
function inTurn(stores: readonly Store[]): Store {
  let turn = 0;
  const last = () => stores[turn % stores.length] as Store;
  const next = () => stores[++turn % stores.length] as Store;
  return {
    ...(stores[0] as Store),
    readFacts: (query) => last().readFacts(query),
    reserve: (hold) => next().reserve(hold),
    commit: (account) => next().commit(account),
    renew: (id) => next().renew(id),
    sweep: () => next().sweep(),
    async close() {
      await Promise.all(stores.map((store) => store.close()));
    },
  };
}
