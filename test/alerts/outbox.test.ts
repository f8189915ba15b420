import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DeliveryError, type OutboxEvent, type OutboxMessage, openOutbox } from '../../src/alerts/index.ts';
import { pauseMs } from '../../src/alerts/outbox/outbox.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const message = (key: string, more: Partial<OutboxMessage> = {}): OutboxMessage => ({
  ...{ key, channel: 'webhook', receiver: 'ops', payload: { said: key } },
  ...more,
});

function open(t: TestContext, options: { readonly file?: string } = {}) {
  const file = options.file ?? join(makeTempDirectory(t), 'data', 'outbox.db');
  const world = {
    nowMs: Date.UTC(2026, 10, 23),
    delivered: [] as string[],
    events: [] as OutboxEvent[],
    problem: null as Error | null,
    tries: 0,
  };
  const outbox = openOutbox({
    file,
    nowMs: () => world.nowMs,
    onEvent: (event) => void world.events.push(event),
    async deliver({ key }) {
      world.tries += 1;
      if (world.problem !== null) throw world.problem;
      world.delivered.push(key);
    },
  });
  t.after(() => outbox.close());
  return { file, world, outbox };
}

describe('the outbox', () => {
  it('sends each key once, also when it is added again later', async (t) => {
    const { world, outbox } = open(t);
    outbox.add([message('a'), message('b'), message('a')]);
    await outbox.run();
    outbox.add([message('b'), message('c')]);
    await outbox.run();
    assert.deepEqual(world.delivered, ['a', 'b', 'c']);
    assert.deepEqual(outbox.status(), { waiting: 0, oldestMs: null, problem: null });
  });

  it('tries again after 1 s, doubling to 30 s', async (t) => {
    const { world, outbox } = open(t);
    world.problem = new DeliveryError('away', false);
    outbox.add([message('a')]);
    const tried: number[] = [];
    const startMs = world.nowMs;
    for (; world.nowMs <= startMs + 130_000; world.nowMs += 500) {
      const before = world.tries;
      await outbox.run();
      if (world.tries > before) tried.push((world.nowMs - startMs) / 1000);
    }
    assert.deepEqual(tried, [0, 1, 3, 7, 15, 31, 61, 91, 121]);
    assert.equal(pauseMs(1000), 30_000);
    assert.equal(outbox.status().problem, 'away');
    world.problem = null;
    world.nowMs += 30_000;
    await outbox.run();
    assert.deepEqual(world.delivered, ['a']);
    assert.deepEqual(
      world.events.map(({ kind }) => kind),
      ['delayed', 'sent'],
    );
  });

  it('keeps the order of what goes to one receiver by one channel, and lets nobody else wait', async (t) => {
    const { world, outbox } = open(t);
    world.problem = new DeliveryError('away', false);
    outbox.add([message('firing')]);
    await outbox.run();
    world.problem = null;
    outbox.add([message('resolved'), message('other', { receiver: 'leads' })]);
    await outbox.run();
    assert.deepEqual(world.delivered, ['other']);
    world.nowMs += 1000;
    await outbox.run();
    assert.deepEqual(world.delivered, ['other', 'firing', 'resolved']);
  });

  it('loses nothing with its process, and shares the file without sending twice', async (t) => {
    const first = open(t);
    first.world.problem = new DeliveryError('away', false);
    first.outbox.add([message('a'), message('b')]);
    await first.outbox.run();
    const others = [open(t, first), open(t, first)];
    for (const { world } of others) world.nowMs += 2000;
    await Promise.all(others.map(({ outbox }) => outbox.run()));
    await Promise.all(others.map(({ outbox }) => outbox.run()));
    assert.deepEqual(others.flatMap(({ world }) => world.delivered).sort(), ['a', 'b']);
  });

  it('gives up at once what is refused for good, and after a week what nobody took', async (t) => {
    const { world, outbox } = open(t);
    world.problem = new DeliveryError('no such receiver', true);
    outbox.add([message('refused')]);
    await outbox.run();
    world.problem = new DeliveryError('away', false);
    outbox.add([message('old')]);
    await outbox.run();
    world.nowMs += 8 * 86_400_000;
    await outbox.run();
    assert.deepEqual(
      world.events.filter(({ kind }) => kind === 'given-up').map(({ key }) => key),
      ['refused', 'old'],
    );
    assert.equal(outbox.status().waiting, 0);
  });
});
