import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '#core';
import { dialectOf } from '#dialects';
import { targetWith } from './target.ts';

const dialect = dialectOf('openai-chat')!;
const context = { endpoint: 'chat', pathModel: null, pathStream: null } as const;
const hello = [{ role: 'user', content: 'Hello' }];

describe('a same-dialect request is edited only where policy asks', () => {
  const cases: readonly [string, JsonObject, Parameters<typeof targetWith>[0], JsonObject, readonly string[]][] = [
    ['not at all', {}, {}, {}, []],
    ['the model', {}, { upstreamModel: 'gpt-5' }, { model: 'gpt-5' }, []],
    ['a lower cap, under the caller’s name', { max_tokens: 100 }, { maxOutputTokens: 50 }, { max_tokens: 50 }, []],
    ['a cap where there was none', {}, { maxOutputTokens: 50 }, { max_completion_tokens: 50 }, []],
    ['no cap that is low enough already', { max_tokens: 10 }, { maxOutputTokens: 50 }, {}, []],
    [
      'a cap under the provider’s name',
      { max_tokens: 100 },
      { maxOutputTokens: 50, quirks: { renameParams: { max_tokens: 'max_completion_tokens' } } },
      { max_tokens: undefined, max_completion_tokens: 50 },
      [],
    ],
    ['parameters', { temperature: 1 }, { params: { temperature: 0 } }, { temperature: 0 }, []],
    ['no parameters that are so already', { temperature: 0 }, { params: { temperature: 0 } }, {}, []],
    ['the usage of a stream', { stream: true }, {}, { stream_options: { include_usage: true } }, []],
    [
      'the usage of a stream, keeping other options',
      { stream: true, stream_options: { include_obfuscation: false } },
      {},
      { stream_options: { include_obfuscation: false, include_usage: true } },
      [],
    ],
    ['no usage that is asked for already', { stream: true, stream_options: { include_usage: true } }, {}, {}, []],
    [
      'no stream options where they are refused',
      { stream: true, stream_options: { include_usage: true } },
      { quirks: { noStreamOptions: true } },
      { stream_options: undefined },
      [],
    ],
    [
      'parameters the provider refuses',
      { logit_bias: {} },
      { quirks: { dropParams: ['logit_bias', 'seed'] } },
      { logit_bias: undefined },
      ['logit_bias'],
    ],
    [
      'too many stop sequences',
      { stop: ['a', 'b'] },
      { quirks: { maxStopSequences: 1 } },
      { stop: ['a'] },
      ['stop[1]'],
    ],
    [
      'the prompt',
      {},
      { prompt: { prepend: 'A', append: 'B' } },
      { messages: [{ role: 'system', content: 'A' }, { role: 'system', content: 'B' }, ...hello] },
      [],
    ],
    [
      'roles the provider does not know',
      { messages: [{ role: 'developer', content: 'A' }] },
      { quirks: { systemRole: 'system' } },
      { messages: [{ role: 'system', content: 'A' }] },
      [],
    ],
    [
      'an effort by the provider’s word',
      { reasoning_effort: 'low' },
      { quirks: { efforts: { low: 'high' } } },
      { reasoning_effort: 'high' },
      [],
    ],
    [
      'parts in the provider’s form',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } },
              { type: 'file', file: { filename: 'a.pdf', file_data: 'JVBE' } },
              { type: 'file', file: { file_id: 'f1' } },
            ],
          },
          { role: 'assistant', content: null, refusal: 'No.' },
          { role: 'assistant', content: 'Yes.', refusal: null },
        ],
      },
      { quirks: { parts: { inputAudio: 'text', file: 'document_url', refusal: 'text' } } },
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'input_audio', input_audio: 'aGk=' },
              { type: 'document_url', document_url: 'data:application/pdf;base64,JVBE', document_name: 'a.pdf' },
              { type: 'file', file_id: 'f1' },
            ],
          },
          { role: 'assistant', content: 'No.' },
          { role: 'assistant', content: 'Yes.' },
        ],
      },
      [],
    ],
    [
      'no parts that are no other there',
      {},
      { quirks: { parts: { inputAudio: 'text', file: 'document_url', refusal: 'text' } } },
      {},
      [],
    ],
  ];
  for (const [name, fields, target, edits, lost] of cases) {
    test(name, () => {
      const passed = dialect.passRequest({ model: 'gpt-4o', messages: hello, ...fields }, targetWith(target), context);
      assert.deepEqual(passed.edits, edits);
      assert.deepEqual(passed.lost, lost);
    });
  }
});

describe('the shape tells', () => {
  const shapeOf = (fields: JsonObject) => dialect.readShape({ model: 'm', messages: hello, ...fields }, context);
  test('what policy needs', () => {
    assert.deepEqual(
      shapeOf({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'abc日本' },
              { type: 'image_url', image_url: {} },
              { type: 'input_audio' },
              { type: 'file' },
            ],
          },
          { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
        ],
        tools: [{ type: 'x' }],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 7,
        temperature: 0,
        reasoning_effort: 'high',
        response_format: { type: 'json_schema' },
        user: 'u1',
      }),
      {
        model: 'm',
        stream: true,
        streamUsage: true,
        toolCount: 1,
        images: 1,
        audio: 1,
        documents: 1,
        responseFormat: 'json-schema',
        hasReasoning: true,
        maxOutputTokens: 7,
        temperature: 0,
        textLength: [3 + 'namef'.length + 'arguments{}'.length + 'typex'.length, 2],
        messageCount: 2,
        source: { mediaChars: 0, audioChars: 0, builtInTools: 0, hasTools: true, repeatedBytes: 0, isOpen: true },
        user: 'u1',
        legacyFunctions: false,
      },
    );
  });
  test('that a caller speaks the older functions', () =>
    assert.equal(shapeOf({ functions: [{ name: 'f' }] }).legacyFunctions, true));
  test('nothing of a schema nested without end, and does not fall over it', () => {
    let schema: JsonObject = {};
    for (let depth = 0; depth < 100_000; depth++) schema = { properties: schema };
    assert.equal(shapeOf({ tools: [schema] }).toolCount, 1);
  });
  for (const [field, fields] of [
    ['model', { model: null }],
    ['messages', { messages: {} }],
    ['max_tokens', { max_tokens: '5' }],
    ['stream', { stream: 'yes' }],
  ] as const) {
    test(`a wrong ${field} by its name`, () =>
      assert.throws(() => shapeOf(fields), { code: 'invalid_request', field }));
  }
});
