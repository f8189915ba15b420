import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NeutralEvent } from '../../src/core/index.ts';
import { createBroadcast } from '../../src/gateway/cache/broadcast.ts';
import { createCancellation, type StreamEnd, type StreamSink } from '../../src/upstream/index.ts';

const text = (words: string): NeutralEvent =>
  ({ kind: 'text-delta', choice: 0, index: 0, text: words }) as NeutralEvent;
const END: StreamEnd = {
  ...{ finish: 'stop', complete: true, terminator: null, error: null, cancelled: false },
  ...{ usage: null, estimated: false },
} as unknown as StreamEnd;

/** A reader that takes what it is told to take. */
function reader(isOpen: boolean) {
  const seen: string[] = [];
  let drain: () => void = () => undefined;
  const sink: StreamSink = {
    bytes: () => isOpen,
    events(events) {
      for (const event of events) if ('text' in event) seen.push(event.text);
      return isOpen;
    },
    onDrain(resume) {
      drain = resume;
    },
  };
  return {
    seen,
    sink,
    open() {
      isOpen = true;
      drain();
    },
  };
}

const words = (count: number) => Array.from({ length: count }, (_, n) => `w${n}`);

describe('a stream for several readers', () => {
  it('is as fast as the fastest, and each gets everything in its order', async () => {
    const broadcast = createBroadcast(1024, () => false);
    const [slow, fast] = [reader(false), reader(true)];
    const ends = [slow, fast].map(({ sink }) => broadcast.reader('events', createCancellation()).start(sink));
    for (const word of words(50)) {
      assert.equal(broadcast.sink.events([text(word)]), true, 'the provider is not held back');
    }
    broadcast.end(END);
    assert.deepEqual(fast.seen, words(50));
    assert.equal((await ends[1])?.complete, true);
    assert.deepEqual(slow.seen, ['w0']);
    slow.open();
    assert.deepEqual(slow.seen, words(50));
    assert.equal((await ends[0])?.complete, true);
  });

  it('holds the provider back only while every reader is full, and lets it go on with the first that is not', () => {
    const broadcast = createBroadcast(1024, () => false);
    const readers = [reader(false), reader(false)];
    for (const { sink } of readers) void broadcast.reader('events', createCancellation()).start(sink);
    let resumed = 0;
    broadcast.sink.onDrain(() => {
      resumed += 1;
    });
    assert.equal(broadcast.sink.events([text('a')]), false);
    readers[1]?.open();
    assert.equal(resumed, 1);
    assert.equal(broadcast.sink.events([text('b')]), true);
  });

  it('keeps its beginning for a seat that is taken and not read yet, however much comes first', async () => {
    let awaited = 1;
    const broadcast = createBroadcast(64, () => awaited > 0);
    for (const word of words(100)) broadcast.sink.events([text(word)]);
    assert.equal(broadcast.isWhole(), false, 'nobody else may join any more');
    const late = reader(true);
    const end = broadcast.reader('events', createCancellation()).start(late.sink);
    awaited = 0;
    broadcast.end(END);
    assert.deepEqual(late.seen, words(100));
    assert.equal((await end).complete, true);
  });

  it('cuts whoever comes when the beginning is gone: half an answer is never taken for a whole one', async () => {
    const broadcast = createBroadcast(64, () => false);
    const early = reader(true);
    void broadcast.reader('events', createCancellation()).start(early.sink);
    for (const word of words(100)) broadcast.sink.events([text(word)]);
    const late = reader(true);
    const end = await broadcast.reader('events', createCancellation()).start(late.sink);
    assert.deepEqual([end.cancelled, end.complete, late.seen], [true, false, []]);
  });
});
