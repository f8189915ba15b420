import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type DialectName, GatewayError, type NeutralEvent, type NeutralResponse, NO_USAGE } from '#core';
import { collectEvents, createSseFramer, type Dialect, dialectOf, responseEvents } from '#dialects';
import { createNdjsonFramer } from '../../src/dialects/ndjson-framer.ts';
import { SseFrameTooLargeError } from '../../src/dialects/sse-framer.ts';
import { cutBytes } from '../support/cut-bytes.ts';
import { callerWith } from './openai-chat/target.ts';

const NAMES = ['cohere-chat', 'ollama', 'openai-completions'] as const;

function spoken(name: DialectName): Dialect {
  const dialect = dialectOf(name);
  assert.ok(dialect !== null, `${name} is spoken`);
  return dialect;
}

function read(dialect: Dialect, text: string, cuts: readonly number[] = []): readonly NeutralEvent[] {
  const framer = dialect.streamFormat?.createFramer() ?? createSseFramer();
  const reader = dialect.createStreamReader();
  const pieces = cutBytes(new TextEncoder().encode(text), cuts);
  const frames = [...pieces.flatMap((piece) => framer.push(piece)), ...framer.end()];
  return [...frames.flatMap((frame) => reader.push(frame)), ...reader.end()];
}

function collect(events: readonly NeutralEvent[]) {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  return collector.result();
}

const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const text = words.map((value) => ({ kind: 'text' as const, text: value }));
const reasoning = words.map((value) => ({ kind: 'reasoning' as const, text: value }));
const call = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string())
  .map((value) => ({ kind: 'tool-call' as const, id: 'c1', name: 'f', arguments: JSON.stringify(value) }));

/** What each can say, in the order in which it says it. */
const CONTENTS: Readonly<
  Record<(typeof NAMES)[number], fc.Arbitrary<readonly NeutralResponse['choices'][0]['content'][0][]>>
> = {
  'cohere-chat': fc
    .tuple(fc.array(fc.oneof(text, reasoning), { maxLength: 4 }), fc.array(call, { maxLength: 3 }))
    .map((parts) => parts.flat()),
  ollama: fc
    .tuple(fc.array(reasoning, { maxLength: 1 }), fc.array(text, { maxLength: 1 }), fc.array(call, { maxLength: 3 }))
    .map((parts) => parts.flat()),
  'openai-completions': fc.array(text, { minLength: 1, maxLength: 1 }),
};

for (const name of NAMES) {
  describe(`an answer of ${name}`, () => {
    const dialect = spoken(name);
    const answer = CONTENTS[name].map((content): NeutralResponse => {
      const hasCalls = content.some((part) => part.kind === 'tool-call');
      const finish = { reason: hasCalls ? ('tool-calls' as const) : ('stop' as const) };
      const usage = { ...NO_USAGE, input: 9, output: 3 };
      return { id: 'x', model: 'm', createdAt: 5, choices: [{ index: 0, content, finish }], usage, extra: {} };
    });
    const said = (response: ReturnType<typeof collect>) => {
      assert.ok('choices' in response, 'reason' in response ? response.message : '');
      return {
        choices: response.choices.map(({ content, finish }) => [content, finish.reason]),
        usage: response.usage,
      };
    };

    it('reads back as it was written, whole and streamed', () => {
      fc.assert(
        fc.property(answer, (response) => {
          const whole = dialect.readResponse(JSON.parse(JSON.stringify(dialect.writeResponse(response, callerWith()))));
          assert.deepEqual(said(whole), said(response));
          const writer = dialect.createStreamWriter(callerWith({ streamUsage: true }));
          const stream = responseEvents(response)
            .map((event) => writer.push(event))
            .join('');
          assert.deepEqual(said(collect(read(dialect, stream))), said(response));
        }),
      );
    });

    it('is the same however its stream is cut', () => {
      const cuts = fc.array(fc.nat({ max: 2000 }), { maxLength: 40 });
      fc.assert(
        fc.property(answer, cuts, (response, offsets) => {
          const writer = dialect.createStreamWriter(callerWith({ streamUsage: true }));
          const stream = responseEvents(response)
            .map((event) => writer.push(event))
            .join('');
          assert.deepEqual(read(dialect, stream, offsets), read(dialect, stream));
        }),
      );
    });

    it('that ends too early, is no JSON or tells of an error is an error', () => {
      const writer = dialect.createStreamWriter(callerWith());
      const head = responseEvents({
        ...{ id: 'x', model: 'm', extra: {} },
        choices: [{ index: 0, content: [{ kind: 'text', text: 'Hi' }], finish: { reason: 'stop' } }],
      }).slice(0, 3);
      const begun = head.map((event) => writer.push(event)).join('');
      const broken = new GatewayError('stream_interrupted', 'it broke');
      const frame = name === 'ollama' ? '{oops\n' : 'data: {oops\n\n';
      for (const stream of [begun, frame, begun + writer.error(broken, 'req_1')]) {
        assert.equal(read(dialect, stream).at(-1)?.kind, 'error', stream);
      }
    });

    it('with another shape is malformed', () => {
      for (const body of [null, [], 'x', {}, { choices: [] }]) {
        const result = dialect.readResponse(body);
        assert.equal('reason' in result && result.reason, 'malformed', JSON.stringify(body));
      }
    });
  });
}

describe('lines of JSON', () => {
  const lines = '{"a":1}\r\n\n{"b":"東京"}\n{"c":3}';

  it('are events, however they are cut, and their bytes add up', () => {
    const bytes = new TextEncoder().encode(lines);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const framer = createNdjsonFramer();
        const events = [...cutBytes(bytes, cuts).flatMap((piece) => framer.push(piece)), ...framer.end()];
        assert.deepEqual(
          events.map(({ data }) => data),
          ['{"a":1}', null, '{"b":"東京"}', '{"c":3}'],
        );
        assert.equal(Buffer.concat(events.map(({ raw }) => raw)).toString(), lines);
      }),
    );
  });

  it('are refused where one is larger than the limit, before it has ended', () => {
    const framer = createNdjsonFramer({ maxLineBytes: 10 });
    assert.throws(() => framer.push(new TextEncoder().encode('{"long":"text')), SseFrameTooLargeError);
  });
});
