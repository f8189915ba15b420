import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AssistantPart,
  type Choice,
  type Finish,
  type JsonObject,
  type NeutralResponse,
  NO_USAGE,
  type Usage,
} from '#core';
import { anthropic, caller } from './support.ts';

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-x',
  content: [],
  stop_reason: 'end_turn',
  stop_sequence: null,
};

function read(changes: JsonObject): NeutralResponse {
  const response = anthropic.readResponse({ ...message, ...changes });
  assert.ok('choices' in response);
  return response;
}

describe('usage has disjoint classes, both ways', () => {
  const cases: readonly [string, JsonObject, Partial<Usage>][] = [
    ['plain', { input_tokens: 10, output_tokens: 5 }, { input: 10, output: 5 }],
    [
      'cached',
      { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 7, output_tokens: 5 },
      { input: 10, cacheRead: 100, cacheWrite: 7, output: 5 },
    ],
    [
      'cached by lifetime',
      {
        input_tokens: 1,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        output_tokens: 5,
      },
      { input: 1, cacheWrite: 10, cacheWrite1h: 20, output: 5 },
    ],
    [
      'by lifetime without a sum',
      { input_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 20 }, output_tokens: 5 },
      { input: 1, cacheWrite1h: 20, output: 5 },
    ],
    [
      'thoughts told apart',
      { input_tokens: 1, output_tokens: 50, output_tokens_details: { thinking_tokens: 40 } },
      { input: 1, output: 10, reasoning: 40 },
    ],
    [
      'nulls as none',
      {
        input_tokens: 1,
        cache_read_input_tokens: null,
        cache_creation: null,
        output_tokens: 5,
        output_tokens_details: null,
      },
      { input: 1, output: 5 },
    ],
  ];
  for (const [name, usage, expected] of cases) {
    test(name, () => {
      const response = read({ usage });
      assert.deepEqual(response.usage, { ...NO_USAGE, ...expected });
      assert.deepEqual(anthropic.readUsage({ usage }), response.usage);
      const written = anthropic.writeResponse(response, caller);
      assert.deepEqual(anthropic.readUsage(written), response.usage);
    });
  }
  test('absent is not zero', () => {
    assert.equal(read({}).usage, undefined);
    assert.equal(anthropic.readUsage({}), undefined);
  });
  test('audio counts as plain input and output', () => {
    const usage = { ...NO_USAGE, input: 1, audioInput: 2, output: 3, audioOutput: 4, reasoning: 5 };
    const written = anthropic.writeResponse({ id: '', model: '', choices: [], usage, extra: {} }, caller)
      .usage as JsonObject;
    assert.equal(written.input_tokens, 3);
    assert.equal(written.output_tokens, 12);
  });
});

describe('a stop reason is read and written', () => {
  const cases: readonly [string, string | null, Finish][] = [
    ['end_turn', null, { reason: 'stop', raw: 'end_turn' }],
    ['max_tokens', null, { reason: 'length', raw: 'max_tokens' }],
    ['stop_sequence', 'END', { reason: 'stop-sequence', raw: 'stop_sequence', sequence: 'END' }],
    ['tool_use', null, { reason: 'tool-calls', raw: 'tool_use' }],
    ['pause_turn', null, { reason: 'pause', raw: 'pause_turn' }],
    ['refusal', null, { reason: 'refusal', raw: 'refusal' }],
    ['model_context_window_exceeded', null, { reason: 'context-window', raw: 'model_context_window_exceeded' }],
  ];
  for (const [reason, sequence, finish] of cases) {
    test(reason, () => {
      const response = read({ stop_reason: reason, stop_sequence: sequence });
      assert.deepEqual(response.choices[0]?.finish, finish);
      const written = anthropic.writeResponse(response, caller);
      assert.equal(written.stop_reason, reason);
      assert.equal(written.stop_sequence, sequence);
      assert.equal(written.stop_details, null);
    });
  }
  test('a word of a later API stays visible', () => {
    assert.deepEqual(read({ stop_reason: 'compaction' }).choices[0]?.finish, { reason: 'other', raw: 'compaction' });
  });
  const foreign: readonly [Finish, string, string][] = [
    [{ reason: 'content-filter', raw: 'SAFETY' }, 'refusal', 'refusal'],
    [{ reason: 'malformed-tool-call', raw: 'MALFORMED_FUNCTION_CALL' }, 'end_turn', 'malformed_tool_call'],
    [{ reason: 'other', raw: 'LANGUAGE' }, 'end_turn', 'other'],
  ];
  for (const [finish, reason, type] of foreign) {
    test(`${finish.raw} is told in stop_details`, () => {
      const written = write([], finish);
      assert.equal(written.stop_reason, reason);
      assert.deepEqual(written.stop_details, { type, category: null, explanation: finish.raw });
    });
  }
  test('a plain stop beside tool calls is tool_use', () => {
    const part = { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}' } as const;
    assert.equal(write([part], { reason: 'stop' }).stop_reason, 'tool_use');
  });
});

function write(content: readonly AssistantPart[], finish: Finish = { reason: 'stop' }): JsonObject {
  const choices: Choice[] = [{ index: 0, content, finish }];
  return anthropic.writeResponse(
    { id: 'chatcmpl-A_1', model: 'gpt-x', choices, extra: { system_fingerprint: 'x' } },
    caller,
  );
}

describe('content survives the way there and back', () => {
  const cases: readonly [string, JsonObject, AssistantPart][] = [
    ['text', { type: 'text', text: 'Hi' }, { kind: 'text', text: 'Hi' }],
    [
      'thoughts',
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { kind: 'reasoning', text: 'hm', signature: 's' },
    ],
    ['redacted thoughts', { type: 'redacted_thinking', data: 'e' }, { kind: 'reasoning', text: '', redacted: 'e' }],
    [
      'a tool call',
      { type: 'tool_use', id: 't', name: 'f', input: { a: [1] } },
      { kind: 'tool-call', id: 't', name: 'f', arguments: '{"a":[1]}' },
    ],
    [
      'a server tool’s result',
      { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      {
        kind: 'opaque',
        dialect: 'anthropic-messages',
        type: 'web_search_tool_result',
        value: { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      },
    ],
  ];
  for (const [name, block, part] of cases) {
    test(name, () => {
      const response = read({ content: [block] });
      assert.deepEqual(response.choices[0]?.content, [part]);
      assert.deepEqual(anthropic.writeResponse(response, caller).content, [block]);
    });
  }
});

describe('an answer of another provider is written', () => {
  const cases: readonly [string, AssistantPart, readonly JsonObject[]][] = [
    [
      'thoughts without a signature',
      { kind: 'reasoning', text: 'hm' },
      [{ type: 'thinking', thinking: 'hm', signature: '' }],
    ],
    ['a refusal as text', { kind: 'refusal', text: 'No.' }, [{ type: 'text', text: 'No.' }]],
    ['no empty text', { kind: 'text', text: '' }, []],
    [
      'a tool call with the signature its provider must see again',
      { kind: 'tool-call', id: 'c', name: 'f', arguments: '', signature: 'g' },
      [{ type: 'tool_use', id: 'c', name: 'f', input: {}, signature: 'g' }],
    ],
    [
      'arguments that were cut off, readable',
      { kind: 'tool-call', id: 'c', name: 'f', arguments: '{"a":' },
      [{ type: 'tool_use', id: 'c', name: 'f', input: { raw_arguments: '{"a":' } }],
    ],
    [
      'an image',
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'QQ==' } },
      [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QQ==' } }],
    ],
    ['no part of another dialect', { kind: 'opaque', dialect: 'gemini', type: 'executableCode', value: {} }, []],
  ];
  for (const [name, part, expected] of cases) test(name, () => assert.deepEqual(write([part]).content, expected));
  test('with a message id, its model, and a usage object', () => {
    const written = write([]);
    assert.deepEqual(
      { ...written, stop_details: undefined },
      {
        id: 'msg_chatcmplA1',
        type: 'message',
        role: 'assistant',
        model: 'gpt-x',
        content: [],
        stop_reason: 'end_turn',
        stop_sequence: null,
        stop_details: undefined,
        usage: { input_tokens: 0, output_tokens: 0 },
      },
    );
  });
  test('without an id of its own, by the request’s', () => {
    assert.equal(anthropic.writeResponse({ id: '', model: '', choices: [], extra: {} }, caller).id, 'msg_0001');
  });
});

describe('what is no message is an error', () => {
  const cases: readonly [string, unknown, string, string | undefined][] = [
    ['text', '<html>', 'malformed', undefined],
    ['nothing', null, 'malformed', undefined],
    ['another shape', { choices: [] }, 'malformed', undefined],
    [
      'an error inside a 200',
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'server-error',
      'overloaded_error',
    ],
  ];
  for (const [name, body, reason, code] of cases) {
    test(name, () => {
      const found = anthropic.readResponse(body);
      assert.ok('reason' in found);
      assert.equal(found.reason, reason);
      assert.equal(found.code, code);
    });
  }
});
