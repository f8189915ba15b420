import { after, before, describe, it } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import { createRedisStore } from '../../src/state/redis/redis-store.ts';
import { findProgram, requireProgram } from '../support/skip.ts';
import { startRedis, startRedisCluster } from '../support/start-redis.ts';
import { describeStore } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const program = findProgram('redis-server');

describe('the contract over Redis', () => {
  it('needs a redis-server', (t) => {
    requireProgram(t, 'redis-server');
  });
  if (program === undefined) return;

  // Every store has a ledger of its own on the one server.
  let ledgers = 0;
  let single = '';
  let cluster = '';
  const cleanups: (() => void | Promise<void>)[] = [];
  const cleanup = { after: (clean: () => void | Promise<void>) => void cleanups.push(clean) };
  before(async () => {
    single = (await startRedis(cleanup, program)).url;
    const nodes = await startRedisCluster(cleanup, program);
    cluster = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  });
  after(async () => {
    for (const clean of cleanups) await clean();
  });

  const next = () => `ledger=contract-${ledgers++}&timeout=5000`;
  describeStore('Redis', (clock) =>
    createRedisStore({ url: `${single}?${next()}`, clock, breaker, isClockShared: true }),
  );
  describeStore('Redis Cluster', (clock) =>
    createRedisStore({ url: `${cluster}?${next()}`, clock, breaker, isClockShared: true }),
  );
});
