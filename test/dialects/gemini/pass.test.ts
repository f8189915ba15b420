import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError, type JsonObject } from '#core';
import type { OutboundTarget } from '#dialects';
import { gemini, inbound, target } from './support.ts';

const contents = [{ parts: [{ text: 'Hi' }] }];

describe('a body passes with the edits that policy asks for', () => {
  const quirks = target().quirks;
  const cases: readonly [string, JsonObject, Partial<OutboundTarget>, JsonObject][] = [
    ['nothing', { contents, generationConfig: { temperature: 1 } }, {}, {}],
    [
      'a cap that the caller keeps already',
      { contents, generationConfig: { maxOutputTokens: 10 } },
      { maxOutputTokens: 10 },
      {},
    ],
    [
      'a cap replaces generationConfig whole',
      { contents, generationConfig: { temperature: 1, maxOutputTokens: 99, speechConfig: { a: 1 } } },
      { maxOutputTokens: 10 },
      { generationConfig: { temperature: 1, maxOutputTokens: 10, speechConfig: { a: 1 } } },
    ],
    [
      'in the caller’s spelling',
      {
        contents,
        generation_config: { max_output_tokens: 99 },
        system_instruction: { role: 'user', parts: [{ text: 'S' }] },
      },
      { maxOutputTokens: 10, prompt: { prepend: 'A', append: 'Z' } },
      {
        generation_config: { max_output_tokens: 10 },
        system_instruction: { role: 'user', parts: [{ text: 'A' }, { text: 'S' }, { text: 'Z' }] },
      },
    ],
    [
      'a cap where there was no config',
      { contents },
      { maxOutputTokens: 10 },
      { generationConfig: { maxOutputTokens: 10 } },
    ],
    [
      'a prompt where there was none',
      { contents },
      { prompt: { prepend: 'A', append: null } },
      { systemInstruction: { parts: [{ text: 'A' }] } },
    ],
    [
      'parameters',
      { contents, generationConfig: { topP: 0.5 } },
      { params: { temperature: 0, safety_settings: [], response_format: { type: 'json_object' } } },
      { generationConfig: { topP: 0.5, temperature: 0, responseMimeType: 'application/json' }, safetySettings: [] },
    ],
    [
      'dropped and cut parameters',
      { contents, labels: { a: 'b' }, generationConfig: { topK: 1, stopSequences: ['a', 'b'] } },
      { quirks: { ...quirks, dropParams: ['top_k', 'labels'], maxStopSequences: 1 } },
      { generationConfig: { stopSequences: ['a'] }, labels: undefined },
    ],
    ['a second model in the body', { contents, model: 'models/other' }, {}, { model: undefined }],
  ];
  for (const [name, body, changes, edits] of cases) {
    test(name, () => {
      const before = structuredClone(body);
      const passed = gemini.passRequest(body, target(changes), inbound());
      assert.deepEqual(passed.edits, edits);
      assert.deepEqual(body, before);
    });
  }
});

test('the model and the stream are in the path', () => {
  const passed = gemini.passRequest(
    { contents },
    target({ upstreamModel: 'gemini-3-pro' }),
    inbound({ pathStream: true }),
  );
  assert.deepEqual([passed.path, passed.query], ['/models/gemini-3-pro:streamGenerateContent', { alt: 'sse' }]);
});

test('the shape of a request', () => {
  const shape = gemini.readShape(
    {
      system_instruction: { parts: [{ text: 'abc' }] },
      contents: [
        {
          parts: [
            { text: 'déf' },
            { inlineData: { mimeType: 'image/png', data: 'x' } },
            { file_data: { mime_type: 'audio/wav', file_uri: 'u' } },
          ],
        },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { k: 'vv' } } }] },
        {
          parts: [
            {
              functionResponse: {
                name: 'f',
                response: { r: ['xy'] },
                parts: [{ inlineData: { mimeType: 'application/pdf', data: 'x' } }],
              },
            },
          ],
        },
      ],
      tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }, { googleSearch: {} }],
      generationConfig: {
        max_output_tokens: 7,
        temperature: 0.5,
        responseJsonSchema: {},
        thinkingConfig: { thinkingBudget: 5 },
      },
    },
    inbound({ pathModel: 'models/gemini-3-pro', pathStream: true }),
  );
  assert.deepEqual(shape, {
    model: 'gemini-3-pro',
    stream: true,
    streamUsage: true,
    toolCount: 3,
    images: 1,
    audio: 1,
    documents: 1,
    responseFormat: 'json-schema',
    hasReasoning: true,
    maxOutputTokens: 7,
    temperature: 0.5,
    textLength: [21, 1],
    messageCount: 4,
    source: { mediaChars: 1, repeatedBytes: 0, audioChars: 0, builtInTools: 0, hasTools: true, isOpen: true },
    user: null,
  });
});

test('the shape of a bare request', () => {
  const shape = gemini.readShape({ contents }, inbound({ pathStream: null }));
  assert.deepEqual(
    [shape.stream, shape.toolCount, shape.responseFormat, shape.hasReasoning, shape.maxOutputTokens, shape.temperature],
    [false, 0, 'text', false, null, null],
  );
});

test('thinking switched off is no reasoning', () => {
  const body = { contents, generationConfig: { thinkingConfig: { thinkingBudget: 0 } } };
  assert.equal(gemini.readShape(body, inbound()).hasReasoning, false);
});

test('a field in two spellings is refused, lest policy heed one and the provider the other', () => {
  const body = { contents, generationConfig: { maxOutputTokens: 1, max_output_tokens: 9 } };
  const isRefused = (error: unknown) =>
    error instanceof GatewayError && error.field === 'generationConfig.maxOutputTokens';
  assert.throws(() => gemini.readShape(body, inbound()), isRefused);
  assert.throws(() => gemini.passRequest(body, target({ maxOutputTokens: 5 }), inbound()), isRefused);
});
