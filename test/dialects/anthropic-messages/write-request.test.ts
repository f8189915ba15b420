import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AssistantPart, GatewayError, JsonObject, Message, NeutralRequest, UserPart } from '#core';
import type { OutboundTarget } from '#dialects';
import { anthropic, inbound, requestOf, targetOf, write } from './support.ts';

function user(...content: UserPart[]): Message {
  return { role: 'user', content };
}

function assistant(...content: AssistantPart[]): Message {
  return { role: 'assistant', content };
}

function text(value: string) {
  return { kind: 'text', text: value } as const;
}

function call(id: string, args = '{}') {
  return { kind: 'tool-call', id, name: 'f', arguments: args } as const;
}

function result(id: string, value = 'ok') {
  return { kind: 'tool-result', id, content: value === '' ? [] : [text(value)] } as const;
}

describe('a conversation is written', () => {
  const cases: readonly [string, readonly Message[], { system?: unknown; messages: unknown }][] = [
    [
      'without a system key where there are no instructions',
      [user(text('Hi'))],
      { messages: [{ role: 'user', content: 'Hi' }] },
    ],
    [
      'with all instructions hoisted in their order',
      [{ role: 'system', content: [text('A')] }, user(text('Hi')), { role: 'developer', content: [text('B')] }],
      {
        system: [
          { type: 'text', text: 'A' },
          { type: 'text', text: 'B' },
        ],
        messages: [{ role: 'user', content: 'Hi' }],
      },
    ],
    [
      'with instructions alone as the user’s turn',
      [{ role: 'system', content: [text('Say hi.')] }],
      { messages: [{ role: 'user', content: 'Say hi.' }] },
    ],
    [
      'with turns of one role merged',
      [user(text('a')), user(text('b')), assistant(text('c')), assistant(call('t1'))],
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'c' },
              { type: 'tool_use', id: 't1', name: 'f', input: {} },
            ],
          },
        ],
      },
    ],
    [
      'with parallel results in one turn, ahead of other content',
      [assistant(call('t1'), call('t2')), user(text('and?'), result('t1')), user(result('t2', ''))],
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'tool_use', id: 't1', name: 'f', input: {} },
              { type: 'tool_use', id: 't2', name: 'f', input: {} },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't1', content: 'ok' },
              { type: 'tool_result', tool_use_id: 't2' },
              { type: 'text', text: 'and?' },
            ],
          },
        ],
      },
    ],
    [
      'without blank texts and the turns that held nothing else',
      [user(text('a')), assistant(text(' \n')), user(text('')), user(text('b'))],
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      },
    ],
    [
      'with a prefill that ends without white space',
      [user(text('a')), assistant(text('Answer: '))],
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'Answer:' },
        ],
      },
    ],
    [
      'with thoughts ahead of the call they led to',
      [
        assistant(
          { kind: 'reasoning', text: 'hm', signature: 's' },
          { kind: 'reasoning', text: '', redacted: 'enc' },
          call('t1'),
        ),
        user(result('t1')),
      ],
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 's' },
              { type: 'redacted_thinking', data: 'enc' },
              { type: 'tool_use', id: 't1', name: 'f', input: {} },
            ],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'ok' }] },
        ],
      },
    ],
    [
      'with ids that the API takes',
      [assistant(call('functions.f:0')), user(result('functions.f:0'))],
      {
        messages: [
          { role: 'assistant', content: [{ type: 'tool_use', id: 'functions_f_0', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions_f_0', content: 'ok' }] },
        ],
      },
    ],
    [
      'with ids that come once',
      [
        assistant(call('call_0')),
        user(result('call_0', 'one')),
        assistant(call('call_0')),
        user(result('call_0', 'two')),
      ],
      {
        messages: [
          { role: 'assistant', content: [{ type: 'tool_use', id: 'call_0', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0', content: 'one' }] },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'call_0_2', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0_2', content: 'two' }] },
        ],
      },
    ],
    [
      'with empty arguments as an empty object',
      [assistant(call('t1', '')), user(result('t1'))],
      {
        messages: [
          { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'ok' }] },
        ],
      },
    ],
    [
      'with a refusal as text',
      [assistant({ kind: 'refusal', text: 'No.' }), user(text('ok'))],
      {
        messages: [
          { role: 'assistant', content: 'No.' },
          { role: 'user', content: 'ok' },
        ],
      },
    ],
  ];
  for (const [name, messages, expected] of cases) {
    test(name, () => {
      const { body, lost } = write({ messages });
      assert.deepEqual({ system: body.system, messages: body.messages }, { system: undefined, ...expected });
      assert.deepEqual(lost, []);
      assert.equal('system' in body, expected.system !== undefined);
    });
  }
});

test('cache markers keep their lifetime on every kind of block and tool', () => {
  const cache = { ttl: '1h' } as const;
  const wire = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const source = { kind: 'url', url: 'https://example.com/x' } as const;
  const { body } = write({
    messages: [
      { role: 'system', content: [{ ...text('s'), cache }] },
      user({ ...text('a'), cache }, { kind: 'image', source, cache }, { kind: 'document', source, cache }),
      assistant({ ...call('t1'), cache }),
      user({ ...result('t1'), cache }),
    ],
    tools: [{ kind: 'function', name: 'f', cache }],
  });
  const messages = body.messages as { content: JsonObject[] }[];
  const blocks = [
    ...(body.system as JsonObject[]),
    ...messages.flatMap(({ content }) => content),
    ...(body.tools as JsonObject[]),
  ];
  assert.equal(blocks.length, 7);
  for (const block of blocks) assert.deepEqual(block.cache_control, wire.cache_control, JSON.stringify(block));
});

describe('a part is written', () => {
  const cases: readonly [string, UserPart, unknown, readonly string[]][] = [
    [
      'image/jpg as image/jpeg',
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'QQ==' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'QQ==' } },
      [],
    ],
    [
      'an image file of this provider',
      { kind: 'image', source: { kind: 'file', id: 'file_1' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      [],
    ],
    [
      'an image with a detail, which has no place',
      { kind: 'image', source: { kind: 'url', url: 'https://example.com/x' }, detail: 'high' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/x' } },
      ['messages[0].content[1].detail'],
    ],
    [
      'an image of an unknown type',
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'QQ==' } },
      undefined,
      ['messages[0].content[1] (image/tiff)'],
    ],
    [
      'an image file of another provider',
      { kind: 'image', source: { kind: 'file', id: 'file-abc' } },
      undefined,
      ['messages[0].content[1] (image file of another provider)'],
    ],
    [
      'audio',
      { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'QQ==' } },
      undefined,
      ['messages[0].content[1] (audio)'],
    ],
    [
      'a PDF with its name',
      { kind: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'QQ==' }, name: 'a.pdf' },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'QQ==' }, title: 'a.pdf' },
      [],
    ],
    [
      'a text file as text',
      { kind: 'document', source: { kind: 'base64', mediaType: 'text/csv', data: btoa('a,b') } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
      [],
    ],
    [
      'a document of an unknown type',
      { kind: 'document', source: { kind: 'base64', mediaType: 'application/zip', data: 'QQ==' } },
      undefined,
      ['messages[0].content[1] (application/zip)'],
    ],
    [
      'a part of this dialect',
      {
        kind: 'opaque',
        dialect: 'anthropic-messages',
        type: 'search_result',
        value: { type: 'search_result', title: 't' },
      },
      { type: 'search_result', title: 't' },
      [],
    ],
    [
      'a part of another dialect',
      { kind: 'opaque', dialect: 'gemini', type: 'executableCode', value: {} },
      undefined,
      ['messages[0].content[1] (executableCode)'],
    ],
  ];
  for (const [name, part, expected, lost] of cases) {
    test(name, () => {
      const written = write({ messages: [user(text('look'), part)] });
      const content = (written.body.messages as { content: unknown }[])[0]?.content;
      assert.deepEqual(content, expected === undefined ? 'look' : [{ type: 'text', text: 'look' }, expected]);
      assert.deepEqual(written.lost, lost);
    });
  }
});

test('thoughts without a signature are left out and named', () => {
  const { body, lost } = write({
    messages: [user(text('a')), assistant({ kind: 'reasoning', text: 'hm' }, text('b')), user(text('c'))],
  });
  assert.deepEqual((body.messages as unknown[])[1], { role: 'assistant', content: 'b' });
  assert.deepEqual(lost, ['messages[1].content[0] (reasoning)']);
});

test('tool arguments that are no JSON object are refused with their path', () => {
  for (const args of ['{"a":', '[1]', '"x"']) {
    assert.throws(
      () => write({ messages: [user(text('a')), assistant(call('t1', args))] }),
      (error: GatewayError) => error.code === 'invalid_request' && error.field === 'messages[1].content[0].arguments',
    );
  }
});

describe('a field is written', () => {
  const tools = [
    { kind: 'function', name: 'f', parameters: { type: 'object', anyOf: [{}], additionalProperties: true } },
  ] as const;
  const cases: readonly [string, Partial<NeutralRequest>, Partial<OutboundTarget>, JsonObject, readonly string[]][] = [
    ['the default limit', {}, {}, { max_tokens: 4096, model: 'claude-sonnet-4-5' }, []],
    ['the caller’s limit', { maxOutputTokens: 100 }, {}, { max_tokens: 100 }, []],
    ['the policy’s lower limit', { maxOutputTokens: 100 }, { maxOutputTokens: 50 }, { max_tokens: 50 }, []],
    ['the policy’s limit instead of a default', {}, { maxOutputTokens: 50 }, { max_tokens: 50 }, []],
    ['a temperature over 1 as 1', { temperature: 1.7 }, {}, { temperature: 1 }, ['temperature']],
    [
      'temperature without the top_p it excludes',
      { temperature: 0.2, topP: 0.9 },
      {},
      { temperature: 0.2, top_p: undefined },
      ['top_p'],
    ],
    ['top_k and stop sequences', { topK: 5, stop: ['END'] }, {}, { top_k: 5, stop_sequences: ['END'] }, []],
    ['stop sequences without blank ones', { stop: ['\n', 'END'] }, {}, { stop_sequences: ['END'] }, ['stop[0]']],
    ['the user', { user: 'u1' }, {}, { metadata: { user_id: 'u1' } }, []],
    ['the default tier', { serviceTier: 'default' }, {}, { service_tier: 'standard_only' }, []],
    ['a tier of another provider', { serviceTier: 'flex' }, {}, { service_tier: undefined }, ['service_tier']],
    [
      'what the API has no field for',
      { seed: 1, n: 2, frequencyPenalty: 1, presencePenalty: 1, logprobs: {}, extra: { logit_bias: {} } },
      {},
      { seed: undefined, logit_bias: undefined },
      ['seed', 'n', 'frequency_penalty', 'presence_penalty', 'logprobs', 'logit_bias'],
    ],
    ['defaults of what it has no field for', { n: 1, frequencyPenalty: 0, presencePenalty: 0 }, {}, {}, []],
    ['a schema as sent', { tools }, {}, { tools: [{ name: 'f', input_schema: tools[0].parameters }] }, []],
    [
      'a tool without a schema',
      { tools: [{ kind: 'function', name: 'f' }] },
      {},
      { tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }] },
      [],
    ],
    [
      'a strict tool',
      {
        tools: [
          {
            kind: 'function',
            name: 'f',
            strict: true,
            parameters: {
              type: 'object',
              properties: { a: { type: 'string' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
        ],
      },
      {},
      {
        tools: [
          {
            name: 'f',
            input_schema: {
              type: 'object',
              properties: { a: { type: 'string' } },
              required: ['a'],
              additionalProperties: false,
            },
            strict: true,
          },
        ],
      },
      [],
    ],
    [
      'a strict tool beyond the strict subset',
      { tools: [{ ...tools[0], strict: true }] },
      {},
      { tools: [{ name: 'f', input_schema: tools[0].parameters }] },
      ['tools[0].strict'],
    ],
    [
      'a server tool of another provider',
      { tools: [{ kind: 'opaque', dialect: 'gemini', type: 'googleSearch', value: {} }] },
      {},
      { tools: undefined },
      ['tools[0] (googleSearch)'],
    ],
    ['tool choice required', { tools, toolChoice: { kind: 'required' } }, {}, { tool_choice: { type: 'any' } }, []],
    [
      'tool choice by name, one at a time',
      { tools, toolChoice: { kind: 'tool', name: 'f' }, parallelToolCalls: false },
      {},
      { tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } },
      [],
    ],
    [
      'tool choice none',
      { tools, toolChoice: { kind: 'none' }, parallelToolCalls: false },
      {},
      { tool_choice: { type: 'none' } },
      [],
    ],
    [
      'one call at a time',
      { tools, parallelToolCalls: false },
      {},
      { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      [],
    ],
    [
      'no tool choice without tools',
      { toolChoice: { kind: 'required' } },
      {},
      { tool_choice: undefined },
      ['tool_choice'],
    ],
    [
      'the route’s prompt around the instructions',
      { messages: [{ role: 'system', content: [text('Own.')] }, user(text('Hi'))] },
      { prompt: { prepend: 'Before.', append: 'After.' } },
      { system: 'Before.\n\nOwn.\n\nAfter.' },
      [],
    ],
    ['the route’s prompt alone', {}, { prompt: { prepend: 'Before.', append: null } }, { system: 'Before.' }, []],
    [
      'a policy’s parameters, under the limit',
      { temperature: 0.1 },
      {
        params: { temperature: 0.7, max_completion_tokens: 900, stop: 'X', user: 'u', seed: 3, inference_geo: 'eu' },
        maxOutputTokens: 500,
      },
      {
        temperature: 0.7,
        max_tokens: 500,
        stop_sequences: ['X'],
        metadata: { user_id: 'u' },
        inference_geo: 'eu',
        seed: undefined,
      },
      ['seed'],
    ],
    [
      'quirks',
      { temperature: 0.1, topK: 4, stop: ['a', 'b'] },
      {
        quirks: {
          renameParams: { max_tokens: 'max_new_tokens' },
          dropParams: ['top_k'],
          maxStopSequences: 1,
          noStreamOptions: false,
        },
      },
      { max_tokens: undefined, max_new_tokens: 4096, top_k: undefined, stop_sequences: ['a'] },
      ['stop[1]', 'top_k'],
    ],
    ['a name of a message', { messages: [{ ...user(text('Hi')), name: 'ann' }] }, {}, {}, ['messages[0].name']],
    [
      'its own fields of a request of this dialect',
      { dialect: 'anthropic-messages', extra: { container: 'c', 'tools[0].defer_loading': true } },
      {},
      { container: 'c' },
      ['tools[0].defer_loading'],
    ],
    [
      'its own fields when another dialect sent them',
      { dialect: 'openai-chat', extra: { container: 'c' } },
      {},
      { container: undefined },
      ['container'],
    ],
  ];
  for (const [name, request, target, expected, lost] of cases) {
    test(name, () => {
      const written = write(request, 'claude-sonnet-4-5', target);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(written.body[key], value, key);
      assert.deepEqual(written.lost, lost);
    });
  }
});

test('path and version header are the API’s', () => {
  const { path, query, headers } = write({ stream: true });
  assert.deepEqual(
    { path, query, headers },
    { path: '/messages', query: {}, headers: { 'anthropic-version': '2023-06-01' } },
  );
  assert.equal(write({ stream: true }).body.stream, true);
  assert.equal('stream' in write({}).body, false);
});

test('a request without any content is refused', () => {
  assert.throws(() => write({ messages: [user(text(' '))] }), { code: 'invalid_request' });
});

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((value) => value.trim() === value && value !== '');
const cache = fc.constantFrom({}, { cache: {} }, { cache: { ttl: '1h' as const } });
const textPart = fc.tuple(word, cache).map(([value, marker]) => ({ ...text(value), ...marker }));
const argumentText = fc.dictionary(word, fc.jsonValue()).map((value) => JSON.stringify(value));
const calls = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/), { maxLength: 3 });
const exchange = fc.tuple(
  fc.array(textPart, { minLength: 1, maxLength: 3 }),
  calls,
  argumentText,
  fc.array(textPart, { minLength: 1 }),
);

test('what is written is read back as it was', () => {
  fc.assert(
    fc.property(fc.array(textPart, { maxLength: 2 }), exchange, ([...system], [question, ids, args, answer]) => {
      const messages: Message[] = [
        ...(system.length === 0 ? [] : [{ role: 'system' as const, content: system }]),
        user(...question),
        assistant({ kind: 'reasoning', text: 'hm', signature: 's' }, ...answer, ...ids.map((id) => call(id, args))),
        user(...ids.map((id) => result(id)), text('go on')),
      ];
      const { body, lost } = anthropic.writeRequest(requestOf({ messages }), targetOf('claude-sonnet-4-5'));
      const read = anthropic.readRequest(body, inbound);
      const named = messages.map((message) =>
        message.role === 'user'
          ? {
              ...message,
              content: message.content.map((part) => (part.kind === 'tool-result' ? { ...part, name: 'f' } : part)),
            }
          : message,
      );
      assert.deepEqual(lost, []);
      assert.deepEqual(normal(read.messages), normal(named));
    }),
  );
});

/** `__proto__` keys and number spellings do not matter here: arguments are compared as values. */
function normal(messages: readonly Message[]): unknown {
  return messages.map(({ role, content }) => ({
    role,
    content: content.map((part) =>
      part.kind === 'tool-call' ? { ...part, arguments: JSON.parse(part.arguments) } : part,
    ),
  }));
}
