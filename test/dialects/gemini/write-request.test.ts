import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AssistantPart,
  GatewayError,
  type JsonObject,
  type Message,
  type NeutralRequest,
  type UserPart,
} from '#core';
import { contentsOf, target, write } from './support.ts';

const text = (value: string) => ({ kind: 'text' as const, text: value });
const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const call = (id: string, name: string, args = '{}') => ({ kind: 'tool-call' as const, id, name, arguments: args });
const result = (id: string, value: string, isError = false): UserPart => ({
  kind: 'tool-result',
  id,
  content: [text(value)],
  ...(isError ? { isError } : {}),
});

describe('the path holds the model', () => {
  const cases: readonly [string, boolean, string][] = [
    ['gemini-2.5-pro', false, '/models/gemini-2.5-pro:generateContent'],
    ['models/gemini-2.5-pro', true, '/models/gemini-2.5-pro:streamGenerateContent'],
    ['tunedModels/mine-1', false, '/tunedModels/mine-1:generateContent'],
    [
      'publishers/google/models/gemini-3-flash@001',
      false,
      '/publishers/google/models/gemini-3-flash@001:generateContent',
    ],
    ['meta/llama:4', false, '/models/meta%2Fllama%3A4:generateContent'],
  ];
  for (const [upstreamModel, stream, path] of cases) {
    test(path, () => {
      const written = write({ stream }, { upstreamModel });
      assert.equal(written.path, path);
      assert.deepEqual(written.query, stream ? { alt: 'sse' } : {});
    });
  }
});

test('system and developer messages are hoisted in order, and turns of one role become one', () => {
  const { body } = write(
    {
      messages: [
        { role: 'system', content: [text('A'), text('B')] },
        user(text('one')),
        user(text('two')),
        { role: 'developer', content: [text('C')] },
        assistant(text('three')),
        assistant(text('four')),
      ],
    },
    { prompt: { prepend: 'first', append: 'last' } },
  );
  assert.deepEqual(body.systemInstruction, { parts: ['first', 'A', 'B', 'C', 'last'].map((part) => ({ text: part })) });
  assert.deepEqual(body.contents, [
    { role: 'user', parts: [{ text: 'one' }, { text: 'two' }] },
    { role: 'model', parts: [{ text: 'three' }, { text: 'four' }] },
  ]);
});

test('a request of system messages alone gets a user turn', () => {
  const { body } = write({ messages: [{ role: 'system', content: [text('A')] }] });
  assert.deepEqual(body, {
    contents: [{ role: 'user', parts: [{ text: ' ' }] }],
    systemInstruction: { parts: [{ text: 'A' }] },
  });
});

test('a model without system instructions gets them in its first user turn', () => {
  const { body } = write(
    { messages: [{ role: 'system', content: [text('A')] }, user(text('Hi'))] },
    { capabilities: new Set(['streaming']) },
  );
  assert.deepEqual(body, { contents: [{ role: 'user', parts: [{ text: 'A' }, { text: 'Hi' }] }] });
});

test('results are answered by the name of their call, together in one turn, beside the text', () => {
  const { body, lost } = write({
    messages: [
      user(text('Weather?')),
      assistant(text('Looking.'), call('c1', 'weather', '{"city":"Oslo"}'), call('c2', 'clock', '')),
      user(result('c2', '12:00')),
      user(result('c1', '{"degrees":3}'), text('And now?')),
    ],
  });
  assert.deepEqual(contentsOf(body).slice(1), [
    {
      role: 'model',
      parts: [
        { text: 'Looking.' },
        { functionCall: { id: 'c1', name: 'weather', args: { city: 'Oslo' } } },
        { functionCall: { id: 'c2', name: 'clock', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c2', name: 'clock', response: { result: '12:00' } } },
        { functionResponse: { id: 'c1', name: 'weather', response: { degrees: 3 } } },
        { text: 'And now?' },
      ],
    },
  ]);
  assert.deepEqual(lost, []);
});

test('Vertex AI gets no ids', () => {
  const { body } = write(
    { messages: [assistant(call('c1', 'f')), user(result('c1', 'x'))] },
    { upstreamModel: 'publishers/google/models/gemini-2.5-pro' },
  );
  assert.ok(!JSON.stringify(body).includes('"id"'));
});

test('a result without its call is named by its id, and that is told', () => {
  const { body, lost } = write({ messages: [user(result('c9', 'x'))] });
  assert.deepEqual(contentsOf(body)[0]?.parts, [
    { functionResponse: { id: 'c9', name: 'c9', response: { result: 'x' } } },
  ]);
  assert.deepEqual(lost, ['messages[0].content[0].name']);
});

describe('the text of a result becomes an object', () => {
  const cases: readonly [string, boolean, JsonObject][] = [
    ['plain', false, { result: 'plain' }],
    ['[1,2]', false, { result: '[1,2]' }],
    ['{"a":1}', false, { a: 1 }],
    ['{"result":"x"}', false, { result: '{"result":"x"}' }],
    ['{broken', false, { result: '{broken' }],
    ['no such city', true, { error: 'no such city' }],
    ['{"code":5}', true, { error: { code: 5 } }],
    ['', false, { result: '' }],
  ];
  for (const [value, isError, expected] of cases) {
    test(`${isError ? 'error ' : ''}${value}`, () => {
      const { body } = write({ messages: [assistant(call('c', 'f')), user(result('c', value, isError))] });
      const functionResponse = { id: 'c', name: 'f', response: expected };
      assert.deepEqual(contentsOf(body)[1]?.parts, [{ functionResponse }]);
    });
  }
});

describe('an image inside a result', () => {
  const image: UserPart = {
    kind: 'tool-result',
    id: 'c',
    content: [text('see'), { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } }],
  };
  const inline = { inlineData: { mimeType: 'image/png', data: 'AA==' } };
  const functionResponse = { id: 'c', name: 'f', response: { result: 'see' } };
  test('goes into the result from Gemini 3 on', () => {
    const { body } = write(
      { messages: [assistant(call('c', 'f')), user(image)] },
      { upstreamModel: 'gemini-3-flash-preview' },
    );
    assert.deepEqual(contentsOf(body)[1]?.parts, [{ functionResponse: { ...functionResponse, parts: [inline] } }]);
  });
  test('follows it before', () => {
    const { body } = write({ messages: [assistant(call('c', 'f')), user(image)] });
    assert.deepEqual(contentsOf(body)[1]?.parts, [{ functionResponse }, inline]);
  });
});

test('arguments that are not a JSON object are a 400 that names the call', () => {
  assert.throws(
    () => write({ messages: [assistant(call('c', 'f', '{"a":'))] }),
    (error) =>
      error instanceof GatewayError &&
      error.code === 'invalid_request' &&
      error.field === 'messages[0].content[0].arguments',
  );
});

describe('signatures', () => {
  const signed = { ...call('a', 'f'), signature: 'CsigA' };
  const claude = Buffer.concat([
    Buffer.from([0x12, 0x50, 0x0a, 0x48, 0x08, 0x10, 0x18, 0x02, 0x2a, 0x40]),
    Buffer.alloc(60, 7),
  ]).toString('base64');
  const partsOf = (content: readonly AssistantPart[], upstreamModel: string) =>
    contentsOf(write({ messages: [{ role: 'assistant', content }] }, { upstreamModel }).body)[0]?.parts as JsonObject[];

  test('come back on the call that bore them', () => {
    const parts = partsOf([signed, call('b', 'g')], 'gemini-3-pro');
    assert.deepEqual(
      parts.map((part) => part.thoughtSignature),
      ['CsigA', undefined],
    );
  });
  test('that the history lacks are made good where Gemini demands one: on the first call of a step', () => {
    const parts = partsOf([call('a', 'f'), call('b', 'g')], 'gemini-3-pro');
    assert.deepEqual(
      parts.map((part) => part.thoughtSignature),
      ['skip_thought_signature_validator', undefined],
    );
    assert.deepEqual(
      partsOf([call('a', 'f')], 'gemini-2.5-pro').map((part) => part.thoughtSignature),
      [undefined],
    );
  });
  test('stand on thoughts, and go back onto the text that they came with', () => {
    const parts = partsOf(
      [{ kind: 'reasoning', text: 'hm', signature: 'S1' }, text('A'), { kind: 'reasoning', text: '', signature: 'S2' }],
      'gemini-2.5-pro',
    );
    assert.deepEqual(parts, [
      { text: 'hm', thought: true, thoughtSignature: 'S1' },
      { text: 'A', thoughtSignature: 'S2' },
    ]);
  });
  test('without a text before them stand alone', () => {
    const parts = partsOf([{ kind: 'reasoning', text: '', signature: 'S2' }, signed], 'gemini-2.5-pro');
    assert.deepEqual(parts[0], { text: '', thoughtSignature: 'S2' });
  });
  for (const [maker, signature] of [
    ['Claude', claude],
    ['OpenAI', `gAAAAAB${'x'.repeat(80)}`],
  ] as const) {
    test(`of ${maker} stay away with their thoughts, which are named: Gemini refuses them`, () => {
      const content = [{ kind: 'reasoning', text: 'hm', signature } as const, text('A')];
      assert.deepEqual(partsOf(content, 'gemini-3-pro'), [{ text: 'A' }]);
      const { lost } = write({ messages: [{ role: 'assistant', content }] });
      assert.deepEqual(lost, ['messages[0].content[0] (reasoning)']);
    });
  }
});

describe('media', () => {
  const cases: readonly [string, UserPart, JsonObject | null][] = [
    [
      'base64 goes inline',
      { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } },
      { inlineData: { mimeType: 'audio/wav', data: 'AA==' } },
    ],
    [
      'a data URL is parsed, its parameters read over',
      { kind: 'image', source: { kind: 'url', url: 'data:image/png;charset=utf-8;base64,AA==' } },
      { inlineData: { mimeType: 'image/png', data: 'AA==' } },
    ],
    [
      'the type of a URL is guessed from its path, not its query',
      { kind: 'image', source: { kind: 'url', url: 'https://h/cat.PNG?as=x.jpg#y.gif' } },
      { fileData: { fileUri: 'https://h/cat.PNG?as=x.jpg#y.gif', mimeType: 'image/png' } },
    ],
    [
      'a told type is kept',
      { kind: 'document', name: 'r.pdf', source: { kind: 'url', url: 'gs://b/r', mediaType: 'application/pdf' } },
      { fileData: { fileUri: 'gs://b/r', mimeType: 'application/pdf', displayName: 'r.pdf' } },
    ],
    [
      'Google knows the type of its own files',
      { kind: 'image', source: { kind: 'url', url: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
    ],
    ['a document of text is text', { kind: 'document', source: { kind: 'text', text: 'T' } }, { text: 'T' }],
    ['a URL whose type nothing tells is lost', { kind: 'image', source: { kind: 'url', url: 'https://h/cat' } }, null],
    ['another provider’s file is lost', { kind: 'document', source: { kind: 'file', id: 'file-1' } }, null],
    [
      'another dialect’s part is lost',
      { kind: 'opaque', dialect: 'anthropic-messages', type: 'search', value: {} },
      null,
    ],
  ];
  for (const [name, part, expected] of cases) {
    test(name, () => {
      const { body, lost } = write({ messages: [user(text('Hi'), part)] });
      assert.deepEqual(contentsOf(body)[0]?.parts, [{ text: 'Hi' }, ...(expected === null ? [] : [expected])]);
      assert.equal(lost.length, expected === null ? 1 : 0);
      if (expected === null) assert.match(lost[0] ?? '', /^messages\[0\]\.content\[1\]/);
    });
  }
});

test('every setting has its place', () => {
  const { config, lost } = write({
    maxOutputTokens: 9,
    temperature: 0.5,
    topP: 0.9,
    topK: 7,
    stop: ['x'],
    seed: 4,
    n: 2,
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    logprobs: { top: 3 },
  });
  assert.deepEqual(config, {
    maxOutputTokens: 9,
    temperature: 0.5,
    topP: 0.9,
    topK: 7,
    stopSequences: ['x'],
    seed: 4,
    candidateCount: 2,
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    responseLogprobs: true,
    logprobs: 3,
  });
  assert.deepEqual(lost, []);
});

test('no setting, no generationConfig', () => assert.deepEqual(Object.keys(write({}).body), ['contents']));

describe('tool choice', () => {
  const tools: NeutralRequest['tools'] = [{ kind: 'function', name: 'f' }];
  const cases: readonly [NonNullable<NeutralRequest['toolChoice']>, JsonObject][] = [
    [{ kind: 'auto' }, { mode: 'AUTO' }],
    [{ kind: 'none' }, { mode: 'NONE' }],
    [{ kind: 'required' }, { mode: 'ANY' }],
    [
      { kind: 'tool', name: 'f' },
      { mode: 'ANY', allowedFunctionNames: ['f'] },
    ],
  ];
  for (const [toolChoice, expected] of cases) {
    test(toolChoice.kind, () => {
      assert.deepEqual(write({ tools, toolChoice }).body.toolConfig, { functionCallingConfig: expected });
    });
  }
  test('is left out where there are no functions', () => {
    assert.equal(write({ toolChoice: { kind: 'auto' } }).body.toolConfig, undefined);
  });
});

describe('the answer format', () => {
  const schema = { $schema: 'x', type: 'object', properties: { a: { const: 1 } }, additionalProperties: false };
  const plain = { type: 'object', properties: { a: { enum: [1] } }, additionalProperties: false };
  test('JSON', () =>
    assert.deepEqual(write({ responseFormat: { kind: 'json-object' } }).config, {
      responseMimeType: 'application/json',
    }));
  test('a schema as JSON Schema from 2.5 on', () => {
    assert.deepEqual(write({ responseFormat: { kind: 'json-schema', schema } }).config, {
      responseMimeType: 'application/json',
      responseJsonSchema: plain,
    });
  });
  test('a schema as the OpenAPI subset before', () => {
    const { config } = write(
      { responseFormat: { kind: 'json-schema', schema } },
      { upstreamModel: 'gemini-2.0-flash' },
    );
    assert.deepEqual(config.responseSchema, { type: 'OBJECT', properties: { a: { type: 'STRING', enum: ['1'] } } });
  });
  test('yields to functions before Gemini 3, and that is told', () => {
    const request: Partial<NeutralRequest> = {
      tools: [{ kind: 'function', name: 'f' }],
      responseFormat: { kind: 'json-object' },
    };
    assert.deepEqual(write(request).lost, ['response_format']);
    assert.deepEqual(write(request, { upstreamModel: 'gemini-3-pro' }).config, {
      responseMimeType: 'application/json',
    });
  });
});

test('what Gemini cannot say is named', () => {
  const { lost, body } = write({
    messages: [{ role: 'user', name: 'bob', content: [{ ...text('Hi'), cache: { ttl: '5m' } }] }],
    tools: [
      { kind: 'function', name: 'f', strict: true },
      { kind: 'opaque', dialect: 'openai-responses', type: 'web_search', value: {} },
    ],
    parallelToolCalls: false,
    user: 'u1',
    serviceTier: 'scale',
    extra: { logit_bias: { 1: 2 }, safety_settings: [] },
  });
  assert.deepEqual([...lost].sort(), [
    'logit_bias',
    'messages[0].name',
    'parallel_tool_calls',
    'service_tier',
    'tools[0].strict',
    'tools[1] (web_search)',
    'user',
  ]);
  assert.deepEqual(body.safetySettings, []);
});

describe('policy’s parameters and the provider’s quirks', () => {
  const quirks = target().quirks;
  test('set what they name, and the cap comes last', () => {
    const { config, lost } = write(
      { temperature: 1, maxOutputTokens: 900 },
      {
        params: {
          temperature: 0,
          top_p: 0.1,
          max_tokens: 5000,
          stop: 'x',
          reasoning_effort: 'low',
          media_resolution: 'MEDIA_RESOLUTION_LOW',
          user: 'u',
        },
        maxOutputTokens: 100,
      },
    );
    assert.deepEqual(config, {
      maxOutputTokens: 100,
      temperature: 0,
      topP: 0.1,
      stopSequences: ['x'],
      thinkingConfig: { thinkingBudget: 1024 },
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
    });
    assert.deepEqual(lost, ['params.user']);
  });
  test('drop, rename and cut', () => {
    const { config, lost } = write(
      { topK: 5, seed: 1, stop: ['a', 'b', 'c'] },
      { quirks: { ...quirks, dropParams: ['top_k'], renameParams: { seed: 'randomSeed' }, maxStopSequences: 2 } },
    );
    assert.deepEqual(config, { stopSequences: ['a', 'b'], randomSeed: 1 });
    assert.deepEqual(lost, ['top_k', 'stop[2]']);
  });
});
