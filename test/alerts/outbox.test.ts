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
    async deliver(messages) {
      world.tries += 1;
      if (world.problem !== null) throw world.problem;
      world.delivered.push(messages.map(({ key }) => key).join(' + '));
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

  it('sends as one what comes while the first one waits, and nothing else', async (t) => {
    const { world, outbox } = open(t);
    const waiting = (key: string) =>
      message(key, { payload: { waits: { said: key }, as: key.endsWith('!') ? 'end' : 'begin' }, waitMs: 30_000 });
    outbox.add([waiting('a'), message('for another', { receiver: 'leads' })]);
    await outbox.run();
    world.nowMs += 29_000;
    outbox.add([waiting('b'), waiting('a')]);
    await outbox.run();
    assert.deepEqual(world.delivered, ['for another']);
    world.nowMs += 1000;
    outbox.add([waiting('c'), message('alone'), waiting('d')]);
    await outbox.run();
    assert.deepEqual(world.delivered, ['for another', 'a + b + c', 'alone']);
    world.nowMs += 30_000;
    await outbox.run();
    assert.deepEqual(world.delivered.at(-1), 'd');
    assert.deepEqual(
      world.events.map(({ kind, key }) => `${kind} ${key}`),
      ['sent for another', 'sent a', 'sent b', 'sent c', 'sent alone', 'sent d'],
    );
    // What ends does not go out with what begins, nor before it.
    outbox.add([waiting('b'), waiting('e'), waiting('e!'), waiting('d!')]);
    world.nowMs += 60_000;
    await outbox.run();
    assert.deepEqual(world.delivered.slice(4), ['e', 'e! + d!']);
  });

  it('sends as one, once, and no more than eight, what a server that was down has kept waiting', async (t) => {
    const first = open(t);
    const waiting = (key: string) => message(key, { payload: { waits: { said: key }, as: 'begin' }, waitMs: 1000 });
    first.world.problem = new DeliveryError('away', false);
    for (const key of 'abcdefghij') {
      first.outbox.add([waiting(key)]);
      first.world.nowMs += 10_000;
      await first.outbox.run();
    }
    const others = [open(t, first), open(t, first)];
    for (const { world } of others) world.nowMs = first.world.nowMs + 60_000;
    await Promise.all(others.map(({ outbox }) => outbox.run()));
    for (const { outbox } of others) await outbox.run();
    assert.deepEqual(others.flatMap(({ world }) => world.delivered).sort(), ['a + b + c + d + e + f + g + h', 'i + j']);
    assert.equal(first.outbox.status().waiting, 0);
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
