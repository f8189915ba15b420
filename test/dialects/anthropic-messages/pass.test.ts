import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GatewayError, JsonObject } from '#core';
import type { OutboundTarget, RequestShape } from '#dialects';
import { anthropic, inbound, targetOf } from './support.ts';

const base = { model: 'claude-sonnet-4-5', max_tokens: 1000, messages: [{ role: 'user', content: 'Hi' }] };

function pass(changes: JsonObject, target: Partial<OutboundTarget> = {}, model = 'claude-sonnet-4-5') {
  return anthropic.passRequest({ ...base, ...changes }, targetOf(model, target), inbound);
}

describe('policy edits a caller’s own body', () => {
  const thinking = { type: 'enabled', budget_tokens: 900 };
  const foreign = [
    { role: 'user', content: 'a' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: '' },
        { type: 'tool_use', id: 't', name: 'f', input: {}, signature: 'g' },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't' }] },
  ];
  const cases: readonly [string, JsonObject, Partial<OutboundTarget>, JsonObject, readonly string[]][] = [
    [
      'not at all where it asks for nothing',
      { temperature: 5, top_p: 1, thinking, container: 'c', anthropic_version: 'v', anthropic_beta: ['b'] },
      {},
      {},
      [],
    ],
    ['with a lower limit', {}, { maxOutputTokens: 500 }, { max_tokens: 500 }, []],
    ['not with a higher limit', {}, { maxOutputTokens: 5000 }, {}, []],
    ['with a limit where the caller gave none', { max_tokens: undefined }, {}, { max_tokens: 4096 }, []],
    [
      'with a limit and a thinking budget that fits under it',
      { max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 8000 } },
      { maxOutputTokens: 4000 },
      { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 2000 } },
      [],
    ],
    [
      'with a limit that leaves no room for thinking',
      { max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 8000 } },
      { maxOutputTokens: 500 },
      { max_tokens: 500, thinking: undefined },
      ['thinking'],
    ],
    [
      'with parameters',
      { stop_sequences: ['a'], metadata: { user_id: 'u', x: 1 } },
      { params: { temperature: 0.7, stop: ['b'], user: 'v', seed: 1, top_k: null } },
      { temperature: 0.7, stop_sequences: ['b'], metadata: { user_id: 'v', x: 1 }, top_k: undefined },
      ['seed'],
    ],
    ['with a parameter in the API’s range', {}, { params: { temperature: 1.5 } }, { temperature: 1 }, ['temperature']],
    [
      'with an effort',
      { output_config: { task_budget: 1 } },
      { params: { reasoning_effort: 'low' }, upstreamModel: 'claude-opus-4-7' },
      { model: 'claude-opus-4-7', thinking: { type: 'adaptive' }, output_config: { task_budget: 1, effort: 'low' } },
      [],
    ],
    [
      'with one call at a time',
      { tools: [{ name: 'f', input_schema: {} }], tool_choice: { type: 'any' } },
      { params: { parallel_tool_calls: false } },
      { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      [],
    ],
    [
      'with a prompt around a string',
      { system: 'Own.' },
      { prompt: { prepend: 'Before.', append: 'After.' } },
      { system: 'Before.\n\nOwn.\n\nAfter.' },
      [],
    ],
    [
      'with a prompt around blocks',
      { system: [{ type: 'text', text: 'Own.', cache_control: { type: 'ephemeral' } }] },
      { prompt: { prepend: 'Before.', append: null } },
      {
        system: [
          { type: 'text', text: 'Before.' },
          { type: 'text', text: 'Own.', cache_control: { type: 'ephemeral' } },
        ],
      },
      [],
    ],
    [
      'with quirks',
      { top_k: 1, stop_sequences: ['a', 'b'] },
      {
        quirks: {
          renameParams: { top_k: 'topk' },
          dropParams: ['stream'],
          maxStopSequences: 1,
          noStreamOptions: false,
        },
      },
      { top_k: undefined, topk: 1, stop_sequences: ['a'] },
      ['stop[1]'],
    ],
    [
      'without what only another provider’s answer left',
      { messages: foreign },
      {},
      {
        messages: [
          foreign[0],
          { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {}, signature: undefined }] },
          foreign[2],
        ],
      },
      ['messages[1].content[0] (reasoning)'],
    ],
  ];
  for (const [name, body, target, edits, lost] of cases) {
    test(name, () => {
      const passed = pass(body, target, target.upstreamModel);
      assert.deepEqual(passed.edits, edits);
      assert.deepEqual(passed.lost, lost);
      assert.equal(passed.path, '/messages');
      assert.deepEqual(passed.headers, { 'anthropic-version': '2023-06-01' });
    });
  }
  test('with the upstream’s name of the model', () => {
    assert.deepEqual(pass({ model: 'smart' }).edits, { model: 'claude-sonnet-4-5' });
  });
});

describe('a request’s shape', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'Q'.repeat(400) } };
  const cases: readonly [string, JsonObject, Partial<RequestShape>][] = [
    [
      'has the basics',
      { stream: true, temperature: 0.5, metadata: { user_id: 'u' } },
      {
        model: 'claude-sonnet-4-5',
        stream: true,
        streamUsage: true,
        maxOutputTokens: 1000,
        temperature: 0.5,
        user: 'u',
        textLength: [2, 0],
        messageCount: 1,
        source: { mediaChars: 0, audioChars: 0, builtInTools: 0, hasTools: false, repeatedBytes: 0, isOpen: false },
        images: 0,
        audio: 0,
        documents: 0,
        toolCount: 0,
        hasReasoning: false,
        responseFormat: 'text',
      },
    ],
    [
      'has null for what is absent',
      { max_tokens: undefined },
      { maxOutputTokens: null, temperature: null, user: null, stream: false },
    ],
    [
      'counts text by width, the system’s and the tool results’ too',
      {
        system: [{ type: 'text', text: '日本' }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'abc' },
              { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'dé' }] },
            ],
          },
        ],
      },
      { textLength: [4, 3], messageCount: 2 },
    ],
    [
      'counts images and documents, not their bytes',
      {
        messages: [
          {
            role: 'user',
            content: [
              image,
              { type: 'tool_result', tool_use_id: 't', content: [image] },
              { type: 'document', source: { type: 'text', data: 'abcd' } },
            ],
          },
        ],
      },
      { images: 2, documents: 1, textLength: [4, 0] },
    ],
    [
      'counts tools and the text of their schemas',
      { messages: [{ role: 'user', content: '' }], tools: [{ name: 'f', input_schema: {} }] },
      { toolCount: 1, textLength: [25, 0] },
    ],
    [
      'counts a call’s arguments',
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'ff', input: { a: 'bcd' } }] }] },
      { textLength: [10, 0] },
    ],
    ['knows thinking', { thinking: { type: 'enabled', budget_tokens: 1024 } }, { hasReasoning: true }],
    ['knows thinking switched off', { thinking: { type: 'disabled' } }, { hasReasoning: false }],
    [
      'knows an output schema',
      { output_config: { format: { type: 'json_schema', schema: {} } } },
      { responseFormat: 'json-schema' },
    ],
  ];
  for (const [name, body, expected] of cases) {
    test(name, () => {
      const shape = anthropic.readShape({ ...base, ...body }, inbound);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(shape[key as keyof RequestShape], value, key);
    });
  }
  const malformed: readonly [string, JsonObject][] = [
    ['model', { model: 5 }],
    ['messages', { messages: {} }],
    ['messages[0]', { messages: [null] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ text: 'a' }] }] }],
    [
      'messages[0].content[0].content',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', content: 5 }] }] },
    ],
    ['stream', { stream: 1 }],
    ['max_tokens', { max_tokens: '10' }],
    ['tools', { tools: {} }],
  ];
  for (const [field, body] of malformed) {
    test(`is refused for ${field}`, () => {
      assert.throws(
        () => anthropic.readShape({ ...base, ...body }, inbound),
        (error: GatewayError) => error.code === 'invalid_request' && error.field === field,
      );
    });
  }
});
