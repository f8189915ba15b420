import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createTimerWheel } from '../../src/upstream/timer-wheel.ts';

describe('the timer wheel', () => {
  it('runs each timer once, never early and at most two ticks late', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 30 }), (delays) => {
        let nowMs = 5;
        const wheel = createTimerWheel({ tickMs: 10, slots: 16, nowMs: () => nowMs });
        const ran = new Map<number, number[]>();
        delays.forEach((delay, at) => {
          wheel.schedule(delay, () => ran.set(at, [...(ran.get(at) ?? []), nowMs]));
        });
        for (; wheel.size() > 0 && nowMs < 30_000; nowMs += 10) t.mock.timers.tick(10);
        delays.forEach((delay, at) => {
          const [first = -1, ...more] = ran.get(at) ?? [];
          assert.equal(more.length, 0);
          assert.ok(first >= 5 + delay && first <= 5 + delay + 20, `due after ${delay}, ran after ${first - 5}`);
        });
        wheel.close();
      }),
      { numRuns: 50 },
    );
  });

  it('does not run a cancelled timer, also one cancelled by another of the same tick', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let nowMs = 0;
    const wheel = createTimerWheel({ tickMs: 10, nowMs: () => nowMs });
    const ran: string[] = [];
    const timers: { cancel: () => void }[] = [];
    timers.push(
      wheel.schedule(20, () => {
        ran.push('first');
        timers[1]?.cancel();
      }),
    );
    timers.push(wheel.schedule(20, () => ran.push('second')));
    wheel.schedule(20, () => ran.push('third')).cancel();
    for (; nowMs < 100; nowMs += 10) t.mock.timers.tick(10);
    assert.deepEqual(ran, ['first']);
    assert.equal(wheel.size(), 0);
  });

  it('runs what is due after the process was held up for many laps', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let nowMs = 0;
    const wheel = createTimerWheel({ tickMs: 10, slots: 8, nowMs: () => nowMs });
    let ran = 0;
    for (const delay of [10, 75, 800, 5000]) wheel.schedule(delay, () => ran++);
    nowMs = 10_000;
    t.mock.timers.tick(10);
    assert.equal(ran, 4);
  });

  it('stops its interval when nothing is left', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let nowMs = 0;
    let reads = 0;
    const wheel = createTimerWheel({
      tickMs: 10,
      nowMs: () => {
        reads += 1;
        return nowMs;
      },
    });
    wheel.schedule(10, () => undefined);
    for (; nowMs < 50; nowMs += 10) t.mock.timers.tick(10);
    const after = reads;
    t.mock.timers.tick(1000);
    assert.equal(reads, after);
  });
});
