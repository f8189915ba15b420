import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLineQueue } from '../../src/decision-log/line-queue.ts';

describe('the queue of lines', () => {
  it('gives every line once and in order, however much waits and is taken at a time', () => {
    // Lines of a few bytes and of more than a block.
    const line = fc.oneof(fc.nat(40), fc.integer({ min: 100_000, max: 300_000 }));
    const step = fc.oneof(
      fc.record({ push: line }),
      fc.record({ take: fc.integer({ min: 1, max: 400_000 }), isFirst: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = createLineQueue();
        const waiting: string[] = [];
        let count = 0;
        for (const each of steps) {
          if ('push' in each) {
            const text = `${count++}é`.padEnd(each.push, 'x');
            queue.push(text, Buffer.byteLength(text) + 1);
            waiting.push(text);
            continue;
          }
          const head = queue.head(each.take, each.isFirst);
          if (head === null) {
            assert.ok(waiting.length === 0 || (!each.isFirst && Buffer.byteLength(`${waiting[0]}\n`) > each.take));
            continue;
          }
          const expected = waiting.splice(0, head.count);
          assert.equal(Buffer.from(head.bytes).toString(), expected.map((text) => `${text}\n`).join(''));
          queue.drop(head);
        }
        assert.deepEqual(queue.texts(), waiting);
        assert.equal(queue.lines(), waiting.length);
        assert.equal(queue.bytes(), Buffer.byteLength(waiting.map((text) => `${text}\n`).join('')));
      }),
      { numRuns: 60 },
    );
  });
});
