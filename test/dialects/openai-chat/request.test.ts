import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject, NeutralRequest } from '#core';
import { dialectOf } from '#dialects';
import { targetWith } from './target.ts';

const dialect = dialectOf('openai-chat')!;
const context = { endpoint: 'chat', pathModel: null, pathStream: null } as const;
const hello = [{ role: 'user', content: 'Hello' }];

function read(fields: JsonObject): NeutralRequest {
  return dialect.readRequest({ model: 'gpt-4', messages: hello, ...fields }, context);
}

describe('a request is read', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
  const cases: readonly [string, JsonObject, Partial<NeutralRequest>][] = [
    ['stop as a string', { stop: 'END' }, { stop: ['END'] }],
    ['stop as a list', { stop: ['a', 'b'] }, { stop: ['a', 'b'] }],
    [
      'null as absent',
      { stop: null, temperature: null, tools: null, stream_options: null },
      { tools: [], streamUsage: false },
    ],
    ['max_tokens', { max_tokens: 5 }, { maxOutputTokens: 5 }],
    ['max_completion_tokens', { max_completion_tokens: 6 }, { maxOutputTokens: 6 }],
    ['both caps when they agree', { max_tokens: 5, max_completion_tokens: 5 }, { maxOutputTokens: 5 }],
    ['logprobs', { logprobs: true, top_logprobs: 3 }, { logprobs: { top: 3 } }],
    ['stream options', { stream: true, stream_options: { include_usage: true } }, { stream: true, streamUsage: true }],
    [
      'fields it does not know, into extra',
      { logit_bias: { '50256': -100 }, store: true },
      { extra: { logit_bias: { '50256': -100 }, store: true } },
    ],
    ['effort', { reasoning_effort: 'low' }, { reasoning: { effort: 'low' } }],
    [
      'an effort of a host’s own, into extra',
      { reasoning_effort: 'default' },
      { extra: { reasoning_effort: 'default' } },
    ],
    [
      'OpenRouter’s reasoning',
      { reasoning: { max_tokens: 2000, exclude: true } },
      { reasoning: { budgetTokens: 2000, includeThoughts: false } },
    ],
    ['DeepSeek’s thinking', { thinking: { type: 'disabled' } }, { reasoning: { enabled: false } }],
    [
      'Qwen’s thinking',
      { enable_thinking: true, thinking_budget: 50 },
      { reasoning: { enabled: true, budgetTokens: 50 } },
    ],
    ['tool_choice required', { tool_choice: 'required' }, { toolChoice: { kind: 'required' } }],
    ['Mistral’s any', { tool_choice: 'any' }, { toolChoice: { kind: 'required' } }],
    [
      'tool_choice by name',
      { tool_choice: { type: 'function', function: { name: 'f' } } },
      { toolChoice: { kind: 'tool', name: 'f' } },
    ],
    ['the older function_call', { function_call: { name: 'f' } }, { toolChoice: { kind: 'tool', name: 'f' } }],
    [
      'allowed_tools as a narrower list of tools',
      {
        tools: ['f', 'g'].map((name) => ({ type: 'function', function: { name } })),
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
        },
      },
      { tools: [{ kind: 'function', name: 'g' }], toolChoice: { kind: 'required' } },
    ],
    [
      'a tool’s whole schema',
      {
        tools: [
          {
            type: 'function',
            function: { name: 'f', strict: true, parameters: { type: 'object', additionalProperties: false } },
          },
        ],
      },
      {
        tools: [
          { kind: 'function', name: 'f', parameters: { type: 'object', additionalProperties: false }, strict: true },
        ],
      },
    ],
    [
      'the older functions',
      { functions: [{ name: 'f', parameters: {} }] },
      { tools: [{ kind: 'function', name: 'f', parameters: {} }] },
    ],
    [
      'a tool it does not know, whole',
      { tools: [{ type: 'web_search' }] },
      { tools: [{ kind: 'opaque', dialect: 'openai-chat', type: 'web_search', value: { type: 'web_search' } }] },
    ],
    ['JSON mode', { response_format: { type: 'json_object' } }, { responseFormat: { kind: 'json-object' } }],
    [
      'a JSON Schema',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'city', strict: true, schema: { type: 'object' } },
        },
      },
      { responseFormat: { kind: 'json-schema', name: 'city', schema: { type: 'object' }, strict: true } },
    ],
    [
      'a data URL with parameters',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: 'data:image/png;charset=utf-8;base64,iVBOR w0=', detail: 'low' } },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0=' }, detail: 'low' },
            ],
          },
        ],
      },
    ],
    [
      'a percent-encoded data URL',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/svg+xml,%3Csvg%2F%3E' } }] },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [{ kind: 'image', source: { kind: 'base64', mediaType: 'image/svg+xml', data: 'PHN2Zy8+' } }],
          },
        ],
      },
    ],
    [
      'audio and files',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
              { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
              { type: 'file', file: { file_id: 'file-1' } },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
              {
                kind: 'document',
                source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
                name: 'a.pdf',
              },
              { kind: 'document', source: { kind: 'file', id: 'file-1' } },
            ],
          },
        ],
      },
    ],
    [
      'parallel tool calls and their results, with names from the history, in one user message',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [call, { ...call, id: 'c2', function: { name: 'g', arguments: '' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'one' },
          { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
        ],
      },
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
              { kind: 'tool-call', id: 'c2', name: 'g', arguments: '' },
            ],
          },
          {
            role: 'user',
            content: [
              { kind: 'tool-result', id: 'c1', name: 'f', content: [{ kind: 'text', text: 'one' }] },
              { kind: 'tool-result', id: 'c2', name: 'g', content: [{ kind: 'text', text: 'two' }] },
            ],
          },
        ],
      },
    ],
    [
      'a function call of the older form and its answer',
      {
        messages: [
          { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{' } },
          { role: 'function', name: 'f', content: 'one' },
        ],
      },
      {
        messages: [
          { role: 'assistant', content: [{ kind: 'tool-call', id: 'call_legacy_0', name: 'f', arguments: '{' }] },
          {
            role: 'user',
            content: [
              { kind: 'tool-result', id: 'call_legacy_0', name: 'f', content: [{ kind: 'text', text: 'one' }] },
            ],
          },
        ],
      },
    ],
    [
      'reasoning and refusals of the history',
      {
        messages: [
          { role: 'assistant', reasoning_content: 'hm', content: 'yes', refusal: null },
          { role: 'assistant', reasoning: 'hm', content: null, refusal: 'no' },
          {
            role: 'assistant',
            content: 'x',
            reasoning_details: [
              { type: 'reasoning.text', text: 'hm', signature: 's' },
              { type: 'reasoning.encrypted', data: 'd' },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { kind: 'reasoning', text: 'hm' },
              { kind: 'text', text: 'yes' },
            ],
          },
          {
            role: 'assistant',
            content: [
              { kind: 'reasoning', text: 'hm' },
              { kind: 'refusal', text: 'no' },
            ],
          },
          {
            role: 'assistant',
            content: [
              { kind: 'reasoning', text: 'hm', signature: 's' },
              { kind: 'reasoning', text: '', redacted: 'd' },
              { kind: 'text', text: 'x' },
            ],
          },
        ],
      },
    ],
  ];
  for (const [name, fields, expected] of cases) {
    test(name, () => {
      const actual = read(fields);
      const picked = Object.fromEntries(Object.keys(expected).map((key) => [key, actual[key as keyof NeutralRequest]]));
      assert.deepEqual(picked, expected);
    });
  }
});

describe('a malformed request names the field', () => {
  const cases: readonly [string, JsonObject][] = [
    ['model', { model: 7 }],
    ['model', { model: '' }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hello' }],
    ['messages[0]', { messages: ['Hello'] }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: null }] }],
    ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }],
    [
      'messages[0].content[0].image_url.url',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    ],
    [
      'messages[0].content[0].image_url.url',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png' } }] }] },
    ],
    [
      'messages[0].content[0].type',
      { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://a.example/' } }] }] },
    ],
    ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
    [
      'messages[0].tool_calls[0].function.arguments',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: {} } }] }] },
    ],
    ['max_tokens', { max_tokens: 5, max_completion_tokens: 6 }],
    ['temperature', { temperature: 'hot' }],
    ['stop[1]', { stop: ['a', 1] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { tool_choice: 'sometimes' }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['stream_options.include_usage', { stream_options: { include_usage: 1 } }],
  ];
  for (const [field, fields] of cases) {
    test(`${field} of ${JSON.stringify(fields).slice(0, 60)}`, () => {
      assert.throws(() => read(fields), { name: 'GatewayError', code: 'invalid_request', status: 400, field });
    });
  }
});

describe('a request is written', () => {
  const base: NeutralRequest = {
    model: 'm',
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }],
    tools: [],
    stream: false,
    streamUsage: false,
    extra: {},
  };
  const tool = { kind: 'function', name: 'f', parameters: { type: 'object' } } as const;
  const plain = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };
  const cases: readonly [
    string,
    Partial<NeutralRequest>,
    Parameters<typeof targetWith>[0],
    JsonObject,
    readonly string[],
  ][] = [
    ['plainly', {}, {}, plain, []],
    [
      'with usage asked for in every stream',
      { stream: true },
      {},
      { ...plain, stream: true, stream_options: { include_usage: true } },
      [],
    ],
    [
      'without stream options where they are refused',
      { stream: true },
      { quirks: { noStreamOptions: true } },
      { ...plain, stream: true },
      [],
    ],
    [
      'with the cap under the provider’s name',
      { maxOutputTokens: 9 },
      { quirks: { renameParams: { max_completion_tokens: 'max_tokens' } } },
      { ...plain, max_tokens: 9 },
      [],
    ],
    [
      'with the policy’s cap',
      { maxOutputTokens: 9 },
      { maxOutputTokens: 5 },
      { ...plain, max_completion_tokens: 5 },
      [],
    ],
    [
      'with the policy’s parameters',
      { temperature: 1 },
      { params: { temperature: 0.2, max_tokens: 3, seed: 1 } },
      { ...plain, temperature: 0.2, seed: 1, max_completion_tokens: 3 },
      [],
    ],
    [
      'without parameters the provider refuses',
      { seed: 1, user: 'u' },
      { quirks: { dropParams: ['seed'] } },
      { ...plain, user: 'u' },
      ['seed'],
    ],
    [
      'with as many stop sequences as fit',
      { stop: ['a', 'b', 'c'] },
      { quirks: { maxStopSequences: 2 } },
      { ...plain, stop: ['a', 'b'] },
      ['stop[2]'],
    ],
    [
      'without tool choice when there are no tools',
      { toolChoice: { kind: 'none' }, parallelToolCalls: false },
      {},
      plain,
      [],
    ],
    [
      'with tools',
      { tools: [tool], toolChoice: { kind: 'tool', name: 'f' }, parallelToolCalls: false },
      {},
      {
        ...plain,
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
        tool_choice: { type: 'function', function: { name: 'f' } },
        parallel_tool_calls: false,
      },
      [],
    ],
    [
      'without what only other dialects know',
      {
        topK: 5,
        extra: { safetySettings: [] },
        tools: [{ kind: 'opaque', dialect: 'gemini', type: 'googleSearch', value: {} }],
      },
      {},
      plain,
      ['tools[0] (googleSearch)', 'top_k', 'safetySettings'],
    ],
    [
      'with an effort for a budget',
      { reasoning: { budgetTokens: 4000 } },
      {},
      { ...plain, reasoning_effort: 'medium' },
      [],
    ],
    [
      'without an effort for a model that cannot reason',
      { reasoning: { effort: 'high' } },
      { capabilities: new Set(['tools']) },
      plain,
      ['reasoning_effort'],
    ],
    [
      'with the policy’s prompt around the caller’s instructions',
      { messages: [{ role: 'system', content: [{ kind: 'text', text: 'B' }] }, ...base.messages] },
      { prompt: { prepend: 'A', append: 'C' } },
      {
        ...plain,
        messages: [
          ...['A', 'B', 'C'].map((content) => ({ role: 'system', content })),
          { role: 'user', content: 'Hello' },
        ],
      },
      [],
    ],
    [
      'with developer messages as system ones, since only OpenAI knows the role',
      { messages: [{ role: 'developer', content: [{ kind: 'text', text: 'B' }] }] },
      {},
      { ...plain, messages: [{ role: 'system', content: 'B' }] },
      [],
    ],
    [
      'with instructions under the provider’s role',
      { messages: [{ role: 'system', content: [{ kind: 'text', text: 'B' }] }] },
      { quirks: { systemRole: 'user' } },
      { ...plain, messages: [{ role: 'user', content: 'B' }] },
      [],
    ],
    [
      'with a schema in words where the target only has JSON mode',
      { responseFormat: { kind: 'json-schema', schema: { type: 'object' } } },
      { capabilities: new Set(['json-mode']) },
      {
        ...plain,
        messages: [
          {
            role: 'system',
            content: 'Answer with one JSON object and nothing else that fits this JSON Schema: {"type":"object"}',
          },
          ...plain.messages,
        ],
        response_format: { type: 'json_object' },
      },
      ['response_format'],
    ],
    [
      'with tool results before the rest, pictures of results behind them, and no arguments as {}',
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { kind: 'reasoning', text: 'hm' },
              { kind: 'text', text: 'let me see' },
              { kind: 'tool-call', id: 'c1', name: 'f', arguments: '' },
            ],
          },
          {
            role: 'user',
            content: [
              {
                kind: 'tool-result',
                id: 'c1',
                isError: true,
                content: [
                  { kind: 'text', text: 'one' },
                  { kind: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } },
                ],
              },
              { kind: 'text', text: 'go on' },
            ],
          },
        ],
      },
      {},
      {
        ...plain,
        messages: [
          {
            role: 'assistant',
            content: 'let me see',
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'one' },
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
              { type: 'text', text: 'go on' },
            ],
          },
        ],
      },
      ['messages[0].content[0] (reasoning)', 'messages[1].content[0].is_error'],
    ],
    [
      'with content null next to tool calls alone',
      {
        messages: [
          { role: 'assistant', content: [{ kind: 'tool-call', id: 'c1', name: 'f', arguments: '{not json' }] },
        ],
      },
      {},
      {
        ...plain,
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{not json' } }],
          },
        ],
      },
      [],
    ],
  ];
  for (const [name, changes, target, expected, lost] of cases) {
    test(name, () => {
      const written = dialect.writeRequest({ ...base, ...changes }, targetWith(target));
      assert.deepEqual(written.body, expected);
      assert.deepEqual(written.lost, lost);
      assert.equal(written.path, '/chat/completions');
    });
  }
  test('with everything of its own when it came in this dialect', () => {
    const body = {
      model: 'gpt-4o',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
            { type: 'video_url', video_url: { url: 'https://a.example/v' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          tool_calls: [
            {
              id: 'c',
              type: 'function',
              function: { name: 'f', arguments: '{}' },
              extra_content: { google: { thought_signature: 's' } },
            },
          ],
        },
      ],
      top_k: 4,
      logit_bias: { 1: 2 },
    };
    const written = dialect.writeRequest(dialect.readRequest(body, context), targetWith());
    assert.deepEqual(written.body, body);
    assert.deepEqual(written.lost, []);
  });
});
