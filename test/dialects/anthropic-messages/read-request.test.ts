import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GatewayError, JsonObject, NeutralRequest } from '#core';
import { anthropic, inbound } from './support.ts';

const question = [{ role: 'user', content: 'Hi' }];

function read(changes: JsonObject): NeutralRequest {
  return anthropic.readRequest({ model: 'claude-x', max_tokens: 10, messages: question, ...changes }, inbound);
}

describe('a block is read', () => {
  const cache = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const image = (source: unknown) => ({ type: 'image', source });
  const document = (source: unknown, rest = {}) => ({ type: 'document', source, ...rest });
  const cases: readonly [string, 'user' | 'assistant', unknown, unknown][] = [
    [
      'text with a cache lifetime',
      'user',
      { type: 'text', text: 'a', ...cache },
      { kind: 'text', text: 'a', cache: { ttl: '1h' } },
    ],
    [
      'a cache marker without lifetime',
      'user',
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
      { kind: 'text', text: 'a', cache: {} },
    ],
    [
      'an image in base64',
      'user',
      { ...image({ type: 'base64', media_type: 'image/png', data: 'QQ==' }), ...cache },
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'QQ==' }, cache: { ttl: '1h' } },
    ],
    [
      'an image by URL',
      'user',
      image({ type: 'url', url: 'https://example.com/a.png' }),
      { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
    ],
    [
      'an image file',
      'user',
      image({ type: 'file', file_id: 'file_1' }),
      { kind: 'image', source: { kind: 'file', id: 'file_1' } },
    ],
    [
      'a PDF',
      'user',
      document({ type: 'base64', media_type: 'application/pdf', data: 'QQ==' }, { title: 'T', ...cache }),
      {
        kind: 'document',
        source: { kind: 'base64', mediaType: 'application/pdf', data: 'QQ==' },
        name: 'T',
        cache: { ttl: '1h' },
      },
    ],
    [
      'a text document',
      'user',
      document({ type: 'text', media_type: 'text/plain', data: 'abc' }),
      { kind: 'document', source: { kind: 'text', text: 'abc' } },
    ],
    [
      'a document by URL',
      'user',
      document({ type: 'url', url: 'https://example.com/a.pdf' }),
      { kind: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
    ],
    [
      'a document of blocks, which has no neutral form',
      'user',
      document({ type: 'content', content: 'x' }),
      {
        kind: 'opaque',
        dialect: 'anthropic-messages',
        type: 'document',
        value: document({ type: 'content', content: 'x' }),
      },
    ],
    [
      'thoughts with their signature',
      'assistant',
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { kind: 'reasoning', text: 'hm', signature: 'sig' },
    ],
    [
      'thoughts of another provider',
      'assistant',
      { type: 'thinking', thinking: 'hm', signature: '' },
      { kind: 'reasoning', text: 'hm' },
    ],
    [
      'redacted thoughts',
      'assistant',
      { type: 'redacted_thinking', data: 'enc' },
      { kind: 'reasoning', text: '', redacted: 'enc' },
    ],
    [
      'a tool call',
      'assistant',
      { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 }, ...cache },
      { kind: 'tool-call', id: 't1', name: 'f', arguments: '{"a":1}', cache: { ttl: '1h' } },
    ],
    [
      'a tool call without input',
      'assistant',
      { type: 'tool_use', id: 't1', name: 'f' },
      { kind: 'tool-call', id: 't1', name: 'f', arguments: '{}' },
    ],
    [
      'a server tool’s call',
      'assistant',
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
      {
        kind: 'opaque',
        dialect: 'anthropic-messages',
        type: 'server_tool_use',
        value: { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} },
      },
    ],
    [
      'a tool result as text',
      'user',
      { type: 'tool_result', tool_use_id: 't1', content: '42', is_error: true, ...cache },
      { kind: 'tool-result', id: 't1', content: [{ kind: 'text', text: '42' }], isError: true, cache: { ttl: '1h' } },
    ],
    [
      'a tool result without content',
      'user',
      { type: 'tool_result', tool_use_id: 't1' },
      { kind: 'tool-result', id: 't1', content: [] },
    ],
    [
      'a tool result with an image and a search result',
      'user',
      {
        type: 'tool_result',
        tool_use_id: 't1',
        content: [image({ type: 'url', url: 'https://example.com/a.png' }), { type: 'search_result' }],
      },
      {
        kind: 'tool-result',
        id: 't1',
        content: [
          { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
          { kind: 'opaque', dialect: 'anthropic-messages', type: 'search_result', value: { type: 'search_result' } },
        ],
      },
    ],
  ];
  for (const [name, role, block, expected] of cases) {
    test(name, () =>
      assert.deepEqual(read({ messages: [{ role, content: [block] }] }).messages[0]?.content[0], expected),
    );
  }
});

test('a tool result gets its tool’s name from the history', () => {
  const { messages } = read({
    messages: [
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'weather', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'rain' }] },
    ],
  });
  assert.deepEqual(messages[1]?.content, [
    { kind: 'tool-result', id: 't1', name: 'weather', content: [{ kind: 'text', text: 'rain' }] },
  ]);
});

describe('a field is read', () => {
  const cases: readonly [string, JsonObject, Partial<NeutralRequest>][] = [
    [
      'system as a string',
      { system: 'Be brief.' },
      {
        messages: [
          { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
          { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
        ],
      },
    ],
    [
      'system as blocks',
      {
        system: [
          { type: 'text', text: 'A', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: 'B' },
        ],
      },
      {
        messages: [
          {
            role: 'system',
            content: [
              { kind: 'text', text: 'A', cache: {} },
              { kind: 'text', text: 'B' },
            ],
          },
          { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
        ],
      },
    ],
    [
      'instructions amid the turns',
      { messages: [...question, { role: 'system', content: 'Now in French.' }] },
      {
        messages: [
          { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
          { role: 'system', content: [{ kind: 'text', text: 'Now in French.' }] },
        ],
      },
    ],
    [
      'limits and sampling',
      { temperature: 0.5, top_p: 0.9, top_k: 40, stop_sequences: ['x'] },
      { maxOutputTokens: 10, temperature: 0.5, topP: 0.9, topK: 40, stop: ['x'] },
    ],
    ['the user', { metadata: { user_id: 'u1' } }, { user: 'u1' }],
    ['the stream switch', { stream: true }, { stream: true, streamUsage: true }],
    ['a service tier', { service_tier: 'standard_only' }, { serviceTier: 'standard_only' }],
    ['any tool', { tool_choice: { type: 'any' } }, { toolChoice: { kind: 'required' } }],
    [
      'one tool, not in parallel',
      { tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } },
      { toolChoice: { kind: 'tool', name: 'f' }, parallelToolCalls: false },
    ],
    ['no tool', { tool_choice: { type: 'none' } }, { toolChoice: { kind: 'none' } }],
    [
      'a thinking budget',
      { thinking: { type: 'enabled', budget_tokens: 2048 } },
      { reasoning: { enabled: true, budgetTokens: 2048 } },
    ],
    [
      'adaptive thinking, hidden',
      { thinking: { type: 'adaptive', display: 'omitted' } },
      { reasoning: { enabled: true, includeThoughts: false } },
    ],
    ['thinking off', { thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
    ['effort', { output_config: { effort: 'max' } }, { reasoning: { effort: 'xhigh' } }],
    [
      'an output schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { responseFormat: { kind: 'json-schema', schema: { type: 'object' } } },
    ],
    [
      'an output schema in the beta’s place',
      { output_format: { type: 'json_schema', schema: { type: 'object' } } },
      { responseFormat: { kind: 'json-schema', schema: { type: 'object' } } },
    ],
    [
      'a tool with its whole schema',
      {
        tools: [
          {
            name: 'f',
            description: 'd',
            input_schema: { type: 'object', anyOf: [{}], additionalProperties: false },
            strict: true,
            cache_control: { type: 'ephemeral', ttl: '5m' },
          },
        ],
      },
      {
        tools: [
          {
            kind: 'function',
            name: 'f',
            description: 'd',
            parameters: { type: 'object', anyOf: [{}], additionalProperties: false },
            strict: true,
            cache: { ttl: '5m' },
          },
        ],
      },
    ],
    [
      'a server tool',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      {
        tools: [
          {
            kind: 'opaque',
            dialect: 'anthropic-messages',
            type: 'web_search_20250305',
            value: { type: 'web_search_20250305', name: 'web_search' },
          },
        ],
      },
    ],
    [
      'fields it does not know',
      { container: 'c1', anthropic_version: 'v', metadata: { user_id: 'u', trace: 1 } },
      { extra: { container: 'c1', anthropic_version: 'v', metadata: { trace: 1 } }, user: 'u' },
    ],
    [
      'fields of blocks and tools without a neutral place, by path',
      { tools: [{ name: 'f', input_schema: {}, defer_loading: true }] },
      { extra: { 'tools[0].defer_loading': true } },
    ],
    ['null as absent', { temperature: null, stop_sequences: null, thinking: null, system: null }, {}],
  ];
  for (const [name, body, expected] of cases) {
    test(name, () => {
      const request = read(body);
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(request[key as keyof NeutralRequest], value, key);
      if (Object.keys(expected).length === 0)
        assert.deepEqual(Object.keys(request).sort(), [
          'dialect',
          'extra',
          'maxOutputTokens',
          'messages',
          'model',
          'stream',
          'streamUsage',
          'tools',
        ]);
    });
  }
});

describe('a malformed request is refused with the field’s path', () => {
  const cases: readonly [string, JsonObject][] = [
    ['model', { model: '' }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hi' }],
    ['messages[0]', { messages: ['Hi'] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
    ['messages[0].content[0]', { messages: [{ role: 'user', content: ['x'] }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{}] }] }],
    ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].content[0].source', { messages: [{ role: 'user', content: [{ type: 'image' }] }] }],
    [
      'messages[0].content[0].source.data',
      {
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png' } }] }],
      },
    ],
    [
      'messages[0].content[0].input',
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: 'x' }] }] },
    ],
    ['messages[0].content[0].tool_use_id', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }],
    [
      'messages[0].content[0].cache_control',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: 1 }] }] },
    ],
    ['system[0].type', { system: [{ type: 'image' }] }],
    ['max_tokens', { max_tokens: -1 }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['temperature', { temperature: 'hot' }],
    ['stream', { stream: 'yes' }],
    ['stop_sequences', { stop_sequences: 'x' }],
    ['stop_sequences[1]', { stop_sequences: ['x', 1] }],
    ['tools[0].name', { tools: [{ input_schema: {} }] }],
    ['tool_choice.type', { tool_choice: { type: 'required' } }],
    ['tool_choice.name', { tool_choice: { type: 'tool' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled', budget_tokens: 'many' } }],
    ['output_config.effort', { output_config: { effort: 'huge' } }],
    ['output_config.format.type', { output_config: { format: { type: 'text' } } }],
  ];
  for (const [field, body] of cases) {
    test(`${field} in ${JSON.stringify(body)}`, () => {
      assert.throws(
        () => read(body),
        (error: GatewayError) => error.code === 'invalid_request' && error.field === field,
      );
    });
  }
});
