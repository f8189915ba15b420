import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 as nodeCrc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/core/event-streams';
import fc from 'fast-check';
import { CORRUPT_FRAME, createAwsFramer } from '../../src/dialects/aws-framer.ts';
import { type AwsMessage, crc32, decodeAwsMessage, encodeAwsMessage } from '../../src/dialects/aws-frames.ts';
import { SseFrameTooLargeError } from '../../src/dialects/sse-framer.ts';
import { cutBytes } from '../support/cut-bytes.ts';

/** Amazon's own codec: the referee. */
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

const message = fc.record({
  headers: fc.dictionary(fc.stringMatching(/^:?[a-z][a-z-]{0,20}$/), fc.string({ unit: 'grapheme', maxLength: 60 }), {
    noNullPrototype: true,
  }),
  payload: fc.uint8Array({ maxLength: 300 }),
});

function plain({ headers, payload }: AwsMessage): AwsMessage {
  return { headers, payload: new Uint8Array(payload) };
}

describe('messages of an AWS event stream', () => {
  it('have the checksum that everybody else computes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => assert.equal(crc32(bytes), nodeCrc32(bytes))));
  });

  it('are the bytes that Amazon’s codec writes, and read back', () => {
    fc.assert(
      fc.property(message, ({ headers, payload }) => {
        const theirs = codec.encode({
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }]),
          ),
          body: payload,
        });
        const ours = encodeAwsMessage({ headers, payload });
        assert.deepEqual(Buffer.from(ours), Buffer.from(theirs));
        const read = decodeAwsMessage(ours);
        assert.ok(read !== null);
        assert.deepEqual(plain(read), { headers, payload });
      }),
    );
  });

  it('may have headers of every type; those that are no text are passed over', () => {
    const bytes = codec.encode({
      headers: {
        ':event-type': { type: 'string', value: 'messageStop' },
        yes: { type: 'boolean', value: true },
        no: { type: 'boolean', value: false },
        byte: { type: 'byte', value: 7 },
        short: { type: 'short', value: 700 },
        integer: { type: 'integer', value: 70_000 },
        binary: { type: 'binary', value: new Uint8Array([1, 2, 3]) },
        time: { type: 'timestamp', value: new Date(0) },
        id: { type: 'uuid', value: '0a0b0c0d-0001-0002-0003-0a0b0c0d0e0f' },
      },
      body: new Uint8Array(),
    });
    assert.deepEqual(decodeAwsMessage(new Uint8Array(bytes))?.headers, { ':event-type': 'messageStop' });
  });

  it('with any one bit turned are never taken for sound', () => {
    const whole = encodeAwsMessage({ headers: { ':event-type': 'x' }, payload: new TextEncoder().encode('{"a":1}') });
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const framer = createAwsFramer();
      const events = [...framer.push(bytes), ...framer.end()];
      assert.deepEqual(
        events.map(({ event }) => event),
        [CORRUPT_FRAME],
        `bit ${bit}`,
      );
      assert.deepEqual(framer.push(whole), [], 'nothing after a damaged frame is trusted');
    }
  });
});

describe('the framer of AWS event streams', () => {
  const payload = (text: string) => new TextEncoder().encode(text);
  const event = (type: string, text: string) =>
    encodeAwsMessage({ headers: { ':message-type': 'event', ':event-type': type }, payload: payload(text) });
  const stream = Buffer.concat([
    event('messageStart', '{"role":"assistant"}'),
    event('contentBlockDelta', '{"delta":{"text":"東京"}}'),
    encodeAwsMessage({
      headers: { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      payload: payload('{"message":"slow down"}'),
    }),
    encodeAwsMessage({
      headers: { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'it "broke"' },
      payload: payload(''),
    }),
  ]);
  const EVENTS = [
    ['messageStart', '{"role":"assistant"}'],
    ['contentBlockDelta', '{"delta":{"text":"東京"}}'],
    ['exception/throttlingException', '{"message":"slow down"}'],
    ['exception/InternalError', '{"message":"it \\"broke\\""}'],
  ];
  const read = (cuts: readonly number[]) => {
    const framer = createAwsFramer();
    return [...cutBytes(stream, cuts).flatMap((piece) => framer.push(piece)), ...framer.end()];
  };

  it('reads the same events, cut at each single byte', () => {
    for (let at = 1; at < stream.length; at++) {
      assert.deepEqual(
        read([at]).map(({ event: type, data }) => [type, data]),
        EVENTS,
        `cut at ${at}`,
      );
    }
  });

  it('reads the same events, byte by byte and cut anywhere, and their bytes add up', () => {
    const all = Array.from({ length: stream.length }, (_, at) => at);
    const check = (cuts: readonly number[]) => {
      const events = read(cuts);
      assert.deepEqual(
        events.map(({ event: type, data }) => [type, data]),
        EVENTS,
      );
      assert.deepEqual(Buffer.concat(events.map(({ raw }) => raw)), stream);
    };
    check(all);
    fc.assert(fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 20 }), check));
  });

  it('refuses a frame over its limit as soon as its length is known', () => {
    const framer = createAwsFramer({ maxFrameBytes: 40 });
    assert.throws(() => framer.push(stream.subarray(0, 12)), SseFrameTooLargeError);
  });
});
