import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { createSseFramer, type SseEvent, SseFrameTooLargeError } from '#dialects';
import { cutBytes } from '../support/cut-bytes.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

describe('a stream is cut into frames', () => {
  const cases: readonly [string, string, readonly [string, string | null][]][] = [
    [
      'at LF',
      'data: a\n\ndata: b\n\n',
      [
        ['', 'a'],
        ['', 'b'],
      ],
    ],
    [
      'at CRLF',
      'data: a\r\n\r\ndata: b\r\n\r\n',
      [
        ['', 'a'],
        ['', 'b'],
      ],
    ],
    [
      'at CR',
      'data: a\r\rdata: b\r\r',
      [
        ['', 'a'],
        ['', 'b'],
      ],
    ],
    [
      'at mixed line ends',
      'event: x\rdata: a\n\r\ndata: b\r\n\n',
      [
        ['x', 'a'],
        ['', 'b'],
      ],
    ],
    [
      'with the event name before or behind the data',
      'event: x\ndata: a\n\ndata: b\nevent: y\n\n',
      [
        ['x', 'a'],
        ['y', 'b'],
      ],
    ],
    [
      'without a space behind the colon',
      'data:a\n\ndata:  b\n\n',
      [
        ['', 'a'],
        ['', ' b'],
      ],
    ],
    ['with several data lines', 'data: a\ndata:\ndata: b\n\n', [['', 'a\n\nb']]],
    ['with a data line that has no colon', 'data\n\n', [['', '']]],
    [
      'with comments and keep-alives',
      ': ping\n\n:OPENROUTER PROCESSING\ndata: a\n\n',
      [
        ['', null],
        ['', 'a'],
      ],
    ],
    ['with id and retry fields', 'id: 7\nretry: 100\ndata: a\n\n', [['', 'a']]],
    ['behind a byte order mark', '\ufeffdata: a\n\n', [['', 'a']]],
    ['keeping a byte order mark inside the text', 'data: \ufeffa\n\n', [['', '\ufeffa']]],
    [
      'without the last blank line',
      'data: a\n\ndata: [DONE]',
      [
        ['', 'a'],
        ['', '[DONE]'],
      ],
    ],
    ['ending in a lone CR', 'data: a\r', [['', 'a']]],
    ['of nothing', '', []],
  ];
  for (const [name, text, expected] of cases) {
    test(name, () =>
      assert.deepEqual(
        frames(encoder.encode(text), []).map(({ event, data }) => [event, data]),
        expected,
      ),
    );
  }
});

test('a frame between CRs leaves at once, without waiting for a possible LF', () => {
  const framer = createSseFramer();
  assert.equal(framer.push(encoder.encode('data: a\r\r')).length, 1);
});

test('a CRLF frame keeps its last LF even when a read ends between the two bytes', () => {
  const framer = createSseFramer();
  assert.equal(framer.push(encoder.encode('data: a\r\n\r')).length, 0);
  const [frame] = framer.push(encoder.encode('\ndata: b'));
  assert.equal(decoder.decode(frame?.raw), 'data: a\r\n\r\n');
});

describe('a frame over the cap is refused', () => {
  test('while it is still growing, so that memory stays bounded', () => {
    const framer = createSseFramer({ maxFrameBytes: 100 });
    framer.push(encoder.encode(`data: ${'x'.repeat(90)}`));
    assert.throws(() => framer.push(encoder.encode('x'.repeat(10))), SseFrameTooLargeError);
  });
  test('when it comes whole', () => {
    const framer = createSseFramer({ maxFrameBytes: 100 });
    assert.throws(() => framer.push(encoder.encode(`data: ${'x'.repeat(100)}\n\n`)), { limitBytes: 100 });
  });
  test('but many small frames are not', () => {
    const framer = createSseFramer({ maxFrameBytes: 100 });
    for (let n = 0; n < 100; n++) assert.equal(framer.push(encoder.encode('data: aaaaaaaaaa\n\n')).length, 1);
  });
});

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const field = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
  fc.constantFrom(
    'data:x',
    'data:',
    'data',
    'event: a',
    'event:b',
    'id: 1',
    'retry: 5',
    ': note',
    ':',
    'other: y',
    'data: 日本🚄',
  ),
);
const line = fc.tuple(fc.oneof(field, fc.constant('')), lineEnd).map((pair) => pair.join(''));
const stream = fc
  .tuple(fc.constantFrom('', '\ufeff'), fc.array(line, { maxLength: 14 }), fc.oneof(field, fc.constant('')))
  .map((parts) => encoder.encode([parts[0], ...parts[1], parts[2]].join('')));
const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 12 });

describe('for any stream', () => {
  test('any cut gives the same events, and their bytes are the stream', () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, offsets) => {
        const whole = frames(bytes, []);
        assert.deepEqual(frames(bytes, offsets).map(plain), whole.map(plain));
        assert.deepEqual(Buffer.concat(whole.map((event) => event.raw)), Buffer.from(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('the events are those of eventsource-parser', () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, offsets) => {
        const closed = Buffer.concat([bytes, encoder.encode('\n\n')]);
        const ours = frames(closed, offsets).flatMap((event) =>
          event.data === null ? [] : [[event.event, event.data]],
        );
        assert.deepEqual(ours, oracle(closed));
      }),
      { numRuns: 500 },
    );
  });
});

function frames(bytes: Uint8Array, offsets: readonly number[]): SseEvent[] {
  const framer = createSseFramer();
  return [...cutBytes(bytes, offsets).flatMap((piece) => framer.push(piece)), ...framer.end()];
}

function plain(event: SseEvent): unknown {
  return { event: event.event, data: event.data, raw: Buffer.from(event.raw).toString('hex') };
}

function oracle(bytes: Uint8Array): unknown[] {
  const events: unknown[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => events.push([event ?? '', data]) });
  parser.feed(decoder.decode(bytes));
  return events;
}
