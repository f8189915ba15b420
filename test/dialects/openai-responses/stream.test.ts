import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GatewayError, type JsonObject, type NeutralResponse, NO_USAGE } from '#core';
import { responseEvents } from '#dialects';
import { callerWith } from '../openai-chat/target.ts';
import { collect, framesOf, readText, responses } from './support.ts';

const head = { id: 'resp_1', object: 'response', created_at: 5, model: 'm', status: 'in_progress', output: [] };
const created = { type: 'response.created', response: head };
const added = (at: number, item: JsonObject) => ({ type: 'response.output_item.added', output_index: at, item });
const done = (at: number, item: JsonObject) => ({ type: 'response.output_item.done', output_index: at, item });
const text = (at: number, delta: string) => ({
  type: 'response.output_text.delta',
  output_index: at,
  content_index: 0,
  delta,
});
const ended = (status = 'completed', more: JsonObject = {}) => ({
  type: `response.${status}`,
  response: { ...head, status, usage: { input_tokens: 9, output_tokens: 3 }, ...more },
});
const message = { type: 'message', role: 'assistant', content: [] };

function contentOf(events: readonly JsonObject[]) {
  const result = collect(readText(framesOf(events)));
  assert.ok('choices' in result, 'reason' in result ? result.message : '');
  return { content: result.choices[0]?.content, finish: result.choices[0]?.finish.reason, usage: result.usage };
}

describe('a stream is read', () => {
  it('with text, calls and reasoning as they come', () => {
    const events = [
      created,
      added(0, { type: 'reasoning', id: 'rs_1', summary: [] }),
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'one' },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'two' },
      done(0, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' }),
      added(1, message),
      text(1, 'Hi'),
      done(1, { ...message, content: [{ type: 'output_text', text: 'Hi' }] }),
      added(2, { type: 'function_call', call_id: 'c1', name: 'f', arguments: '' }),
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '{"a":' },
      { type: 'response.function_call_arguments.delta', output_index: 2, delta: '1}' },
      done(2, { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' }),
      ended(),
    ];
    assert.deepEqual(contentOf(events), {
      content: [
        { kind: 'reasoning', id: 'rs_1', text: 'one\n\ntwo', signature: 'gAAAA' },
        { kind: 'text', text: 'Hi' },
        { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
      ],
      finish: 'tool-calls',
      usage: { ...NO_USAGE, input: 9, output: 3 },
    });
  });

  it('with what no delta told taken from the item when it is done', () => {
    const events = [
      created,
      done(0, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' }),
      done(1, { ...message, content: [{ type: 'output_text', text: 'Hi' }] }),
      done(2, { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }),
      done(3, { type: 'web_search_call', id: 'ws_1' }),
      ended(),
    ];
    assert.deepEqual(
      contentOf(events).content?.map((part) => part.kind),
      ['reasoning', 'text', 'tool-call', 'opaque'],
    );
  });

  const endings: readonly (readonly [string, JsonObject, string])[] = [
    ['at the cap', ended('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }), 'length'],
    ['by the filter', ended('incomplete', { incomplete_details: { reason: 'content_filter' } }), 'content-filter'],
    ['normally', ended(), 'stop'],
  ];
  for (const [name, event, reason] of endings) {
    it(`which ends ${name}`, () =>
      assert.equal(contentOf([created, added(0, message), text(0, 'x'), event]).finish, reason));
  }

  const failures: readonly (readonly [string, string, string])[] = [
    [
      'a failed response',
      framesOf([created, ended('failed', { error: { code: 'rate_limit_exceeded', message: 'slow' } })]),
      'rate-limit',
    ],
    ['an error event', framesOf([created, { type: 'error', code: 'server_error', message: 'oh' }]), 'server-error'],
    [
      'a wrapped error event',
      framesOf([{ type: 'error', error: { type: 'invalid_request_error', message: 'no' } }]),
      'invalid-request',
    ],
    ['an end that came too early', framesOf([created, added(0, message), text(0, 'x')]), 'stream-error'],
    ['an event that is no JSON', 'data: {oops\n\n', 'malformed'],
  ];
  for (const [name, frames, reason] of failures) {
    it(`${name} is an error`, () => {
      const last = readText(frames).at(-1);
      assert.equal(last?.kind === 'error' ? last.error.reason : last?.kind, reason);
    });
  }

  it('from a host that answers with one JSON object', () => {
    const whole = {
      ...head,
      status: 'completed',
      output: [{ ...message, content: [{ type: 'output_text', text: 'Hi' }] }],
    };
    const result = collect(readText(JSON.stringify(whole)));
    assert.deepEqual('choices' in result && result.choices[0]?.content, [{ kind: 'text', text: 'Hi' }]);
  });

  it('the same however its bytes are cut', () => {
    const frames = framesOf([created, added(0, message), text(0, 'Grüße 東京'), text(0, ' 🚉'), ended()]);
    const whole = readText(frames);
    const cuts = fc.array(fc.nat({ max: frames.length * 2 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom('\n', '\r\n', '\r'), cuts, (ending, offsets) => {
        assert.deepEqual(readText(frames.replaceAll('\n', ending), offsets), whole);
      }),
    );
  });
});

describe('a stream is written', () => {
  const write = (response: NeutralResponse) => {
    const writer = responses.createStreamWriter(callerWith());
    return responseEvents(response)
      .map((event) => writer.push(event))
      .join('');
  };

  it('so that what was written reads back the same', () => {
    const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
    const part = fc.oneof(
      words.map((value) => ({ kind: 'text' as const, text: value })),
      words.map((value) => ({ kind: 'refusal' as const, text: value })),
      words.map((value) => ({ kind: 'reasoning' as const, text: value, id: 'rs_1', signature: 'gAAAA' })),
      words.map((value) => ({ kind: 'reasoning' as const, text: '', redacted: value, id: 'rs_2' })),
      fc.json().map((json) => ({ kind: 'tool-call' as const, id: 'c1', name: 'f', arguments: json })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (content) => {
        const has = (kind: string) => content.some((item) => item.kind === kind);
        const reason = has('tool-call') ? 'tool-calls' : has('refusal') ? 'refusal' : 'stop';
        const response: NeutralResponse = {
          id: 'resp_x',
          model: 'm',
          createdAt: 5,
          choices: [{ index: 0, content, finish: { reason, raw: 'completed' } }],
          usage: { ...NO_USAGE, input: 3, cacheRead: 2, output: 4, reasoning: 1 },
          extra: {},
        };
        assert.deepEqual(collect(readText(write(response))), response);
        const whole = responses.readResponse(
          JSON.parse(JSON.stringify(responses.writeResponse(response, callerWith()))),
        );
        assert.ok('choices' in whole);
        assert.deepEqual(whole.choices, response.choices);
      }),
    );
  });

  it('with an error that clients of either form read', () => {
    const writer = responses.createStreamWriter(callerWith());
    const event = writer.error(new GatewayError('stream_interrupted', 'it broke'), 'req_1');
    const last = event.trim().split('\n\n').at(-1) ?? '';
    const data = JSON.parse(last.slice(last.indexOf('data: ') + 6));
    assert.deepEqual([data.type, data.code, data.error.code], ['error', 'stream_interrupted', 'stream_interrupted']);
  });
});
