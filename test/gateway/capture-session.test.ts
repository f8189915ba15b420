import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSessionCapture } from '../../src/gateway/realtime/capture-session.ts';

describe('what is gathered of a session', () => {
  it('is the last twenty turns of each side, and no more of one than a span could show', () => {
    const capture = createSessionCapture();
    for (let turn = 0; turn < 100; turn++) {
      const text = `${turn} ${'x'.repeat(1_000_000)}`;
      capture.fromCaller({ type: 'conversation.item.create', item: { content: [{ type: 'input_text', text }] } });
      capture.fromProvider({ type: 'response.output_text.done', text });
    }
    const { asked, answered } = capture.said();
    for (const turns of [asked, answered]) {
      assert.deepEqual(
        turns.map((text) => Number(text.split(' ')[0])),
        Array.from({ length: 20 }, (_, at) => 80 + at),
      );
      assert.ok(turns.every((text) => text.length <= 65_536));
    }
  });

  it('passes over what it does not know, of any shape', () => {
    const capture = createSessionCapture();
    for (const event of [
      null,
      1,
      'x',
      [],
      {},
      { type: 'conversation.item.create' },
      { type: 'session.update', session: 1 },
    ]) {
      capture.fromCaller(event);
      capture.fromProvider(event);
    }
    assert.deepEqual(capture.said(), { asked: [], answered: [] });
  });
});
