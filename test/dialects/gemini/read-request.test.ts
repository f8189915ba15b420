import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError, type JsonObject } from '#core';
import { gemini, inbound, read } from './support.ts';

describe('a body is read in either spelling', () => {
  const cases: readonly [string, JsonObject, JsonObject][] = [
    [
      'the system instruction',
      { systemInstruction: { parts: [{ text: 'S' }] } },
      { system_instruction: { parts: [{ text: 'S' }] } },
    ],
    [
      'settings',
      {
        generationConfig: {
          maxOutputTokens: 5,
          topP: 0.5,
          topK: 3,
          stopSequences: ['x'],
          candidateCount: 2,
          presencePenalty: 1,
        },
      },
      {
        generation_config: {
          max_output_tokens: 5,
          top_p: 0.5,
          top_k: 3,
          stop_sequences: ['x'],
          candidate_count: 2,
          presence_penalty: 1,
        },
      },
    ],
    [
      'tools',
      {
        tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      },
      {
        tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object' } }] }],
        tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
      },
    ],
    [
      'calls, results and media',
      {
        contents: [
          { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' }] },
          {
            role: 'user',
            parts: [
              { functionResponse: { name: 'f', response: { result: 'x' } } },
              { inlineData: { mimeType: 'image/png', data: 'AA==' } },
            ],
          },
        ],
      },
      {
        contents: [
          { role: 'model', parts: [{ function_call: { name: 'f', args: { a: 1 } }, thought_signature: 'sig' }] },
          {
            role: 'user',
            parts: [
              { function_response: { name: 'f', response: { result: 'x' } } },
              { inline_data: { mime_type: 'image/png', data: 'AA==' } },
            ],
          },
        ],
      },
    ],
  ];
  for (const [name, camel, snake] of cases) {
    test(name, () => assert.deepEqual(read(snake), read(camel)));
  }
});

test('a part is taken alone as a list of one, and a missing role is the user’s', () => {
  const { messages } = read({ contents: { parts: { text: 'Hi' } } });
  assert.deepEqual(messages, [{ role: 'user', content: [{ kind: 'text', text: 'Hi' }] }]);
});

test('all parts of the system instruction are read', () => {
  const { messages } = read({ systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] } });
  assert.deepEqual(messages[0], {
    role: 'system',
    content: [
      { kind: 'text', text: 'A' },
      { kind: 'text', text: 'B' },
    ],
  });
});

test('calls without ids get some, and their results find them by name and order', () => {
  const call = (name: string, args: JsonObject) => ({ functionCall: { name, args } });
  const result = (name: string, value: string) => ({ functionResponse: { name, response: { result: value } } });
  const { messages } = read({
    contents: [
      { role: 'model', parts: [call('f', { n: 1 }), call('g', {}), call('f', { n: 2 })] },
      { role: 'function', parts: [result('f', 'one'), result('f', 'two'), result('g', 'gee')] },
    ],
  });
  const [assistant, user] = messages;
  assert.deepEqual(
    assistant?.content.map((part) => part.kind === 'tool-call' && part.id),
    ['call_0', 'call_1', 'call_2'],
  );
  assert.deepEqual(
    user?.content.map((part) => part.kind === 'tool-result' && part.id),
    ['call_0', 'call_2', 'call_1'],
  );
});

test('the caller’s own ids are kept', () => {
  const { messages } = read({
    contents: [
      { role: 'model', parts: [{ functionCall: { id: 'b', name: 'f' } }, { functionCall: { id: 'a', name: 'f' } }] },
      { role: 'user', parts: [{ functionResponse: { id: 'a', name: 'f', response: {} } }] },
    ],
  });
  assert.equal(messages[1]?.content[0]?.kind === 'tool-result' && messages[1].content[0].id, 'a');
});

describe('a response object is read as the text of a result', () => {
  const cases: readonly [JsonObject, string, boolean][] = [
    [{ result: 'sunny' }, 'sunny', false],
    [{ output: 'sunny' }, 'sunny', false],
    [{ error: 'no such city' }, 'no such city', true],
    [{ error: { code: 5 } }, '{"code":5}', true],
    [{ city: 'Oslo', degrees: 3 }, '{"city":"Oslo","degrees":3}', false],
    [{}, '{}', false],
  ];
  for (const [response, text, isError] of cases) {
    test(JSON.stringify(response), () => {
      const { messages } = read({
        contents: [{ role: 'user', parts: [{ functionResponse: { name: 'f', response } }] }],
      });
      const part = messages[0]?.content[0];
      assert.ok(part?.kind === 'tool-result');
      assert.deepEqual(part.content, [{ kind: 'text', text }]);
      assert.equal(part.isError === true, isError);
    });
  }
});

test('thoughts, signatures on text, and parts of Gemini alone keep their place', () => {
  const code = { executableCode: { language: 'PYTHON', code: '1' }, thoughtSignature: 's3' };
  const { messages } = read({
    contents: [
      {
        role: 'model',
        parts: [
          { text: 'hm', thought: true, thoughtSignature: 's1' },
          { text: 'A', thoughtSignature: 's2' },
          code,
          { thought: true, thoughtSignature: 's4' },
        ],
      },
    ],
  });
  assert.deepEqual(messages[0]?.content, [
    { kind: 'reasoning', text: 'hm', signature: 's1' },
    { kind: 'text', text: 'A' },
    { kind: 'reasoning', text: '', signature: 's2' },
    { kind: 'opaque', dialect: 'gemini', type: 'executableCode', value: code },
    { kind: 'reasoning', text: '', signature: 's4' },
  ]);
});

describe('media are told apart by type', () => {
  const cases: readonly [JsonObject, JsonObject][] = [
    [
      { inlineData: { mimeType: 'image/png', data: 'a-_b' } },
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'a+/b' } },
    ],
    [
      { inlineData: { mimeType: 'audio/wav', data: 'AA==' } },
      { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } },
    ],
    [
      { fileData: { mimeType: 'application/pdf', fileUri: 'gs://b/x', displayName: 'x' } },
      { kind: 'document', name: 'x', source: { kind: 'url', url: 'gs://b/x', mediaType: 'application/pdf' } },
    ],
    [
      { fileData: { fileUri: 'https://h/x.webp?size=1' } },
      { kind: 'image', source: { kind: 'url', url: 'https://h/x.webp?size=1', mediaType: 'image/webp' } },
    ],
  ];
  for (const [part, expected] of cases) {
    test(JSON.stringify(part), () => {
      assert.deepEqual(read({ contents: [{ parts: [part] }] }).messages[0]?.content, [expected]);
    });
  }
  test('video stays opaque', () => {
    const part = { inlineData: { mimeType: 'video/mp4', data: 'AA==' }, videoMetadata: { fps: 1 } };
    assert.deepEqual(read({ contents: [{ parts: [part] }] }).messages[0]?.content, [
      { kind: 'opaque', dialect: 'gemini', type: 'inlineData', value: part },
    ]);
  });
});

test('a schema in Google’s form becomes JSON Schema', () => {
  const parameters = {
    type: 'OBJECT',
    properties: {
      city: { type: 'STRING', nullable: true, enum: ['a', 'b'], format: 'enum' },
      list: { type: 'ARRAY', items: { type: 'INTEGER', format: 'int32' }, min_items: '1' },
      either: { any_of: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
      max_items: { type: 'NUMBER' },
    },
    required: ['city'],
  };
  const { tools } = read({ tools: [{ functionDeclarations: [{ name: 'f', description: 'd', parameters }] }] });
  assert.deepEqual(tools, [
    {
      kind: 'function',
      name: 'f',
      description: 'd',
      parameters: {
        type: 'object',
        properties: {
          city: { type: ['string', 'null'], enum: ['a', 'b', null] },
          list: { type: 'array', items: { type: 'integer', format: 'int32' }, minItems: 1 },
          either: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
          max_items: { type: 'number' },
        },
        required: ['city'],
      },
    },
  ]);
});

describe('the calling mode becomes a tool choice', () => {
  const names = ['f', 'g', 'h'];
  const tools = [{ functionDeclarations: names.map((name) => ({ name })) }, { googleSearch: {} }];
  const cases: readonly [JsonObject, JsonObject | undefined, readonly string[]][] = [
    [{}, undefined, names],
    [{ mode: 'AUTO' }, { kind: 'auto' }, names],
    [{ mode: 'NONE' }, { kind: 'none' }, names],
    [{ mode: 'ANY' }, { kind: 'required' }, names],
    [{ mode: 'ANY', allowedFunctionNames: ['g'] }, { kind: 'tool', name: 'g' }, names],
    [{ mode: 'ANY', allowedFunctionNames: ['f', 'g'] }, { kind: 'required' }, ['f', 'g']],
    [{ mode: 'VALIDATED' }, { kind: 'auto' }, names],
  ];
  for (const [config, choice, kept] of cases) {
    test(JSON.stringify(config), () => {
      const request = read({ tools, toolConfig: { functionCallingConfig: config } });
      assert.deepEqual(request.toolChoice, choice);
      assert.deepEqual(
        request.tools.flatMap((tool) => (tool.kind === 'function' ? tool.name : [])),
        kept,
      );
      assert.deepEqual(request.tools.at(-1), {
        kind: 'opaque',
        dialect: 'gemini',
        type: 'googleSearch',
        value: { googleSearch: {} },
      });
    });
  }
});

describe('the answer format is read', () => {
  const cases: readonly [JsonObject, JsonObject | undefined][] = [
    [{}, undefined],
    [{ responseMimeType: 'text/plain' }, { kind: 'text' }],
    [{ responseMimeType: 'application/json' }, { kind: 'json-object' }],
    [
      { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } },
      { kind: 'json-schema', schema: { type: 'object' } },
    ],
    [{ responseJsonSchema: { type: 'object' } }, { kind: 'json-schema', schema: { type: 'object' } }],
    [{ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING' } }, undefined],
  ];
  for (const [config, expected] of cases) {
    test(JSON.stringify(config), () => assert.deepEqual(read({ generationConfig: config }).responseFormat, expected));
  }
});

test('what has no neutral form stays in extra, and comes out again at Gemini', () => {
  const body = {
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/1',
    labels: { team: 'a' },
    toolConfig: { functionCallingConfig: { mode: 'VALIDATED' }, retrievalConfig: { languageCode: 'en' } },
    tools: [{ functionDeclarations: [{ name: 'f' }] }, { googleSearch: {} }, { codeExecution: {} }],
    generationConfig: { speechConfig: { x: 1 }, responseModalities: ['TEXT', 'IMAGE'], temperature: 1 },
  };
  const request = read(body);
  assert.deepEqual(request.extra, {
    safetySettings: body.safetySettings,
    cachedContent: body.cachedContent,
    labels: body.labels,
    generationConfig: { speechConfig: { x: 1 }, responseModalities: ['TEXT', 'IMAGE'] },
    toolConfig: body.toolConfig,
  });
  const written = gemini.writeRequest(request, {
    upstreamModel: 'gemini-2.5-flash',
    maxOutputTokens: null,
    defaultMaxOutputTokens: 1,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
  });
  assert.deepEqual(written.body, { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...body });
  assert.deepEqual(written.lost, []);
});

test('the model and the wish for a stream come from the path', () => {
  const request = read({}, { pathModel: 'models/gemini-3-pro', pathStream: true });
  assert.equal(request.model, 'gemini-3-pro');
  assert.equal(request.stream, true);
});

describe('a malformed body is a 400 that names the field', () => {
  const cases: readonly [JsonObject, string][] = [
    [{ contents: undefined }, 'contents'],
    [{ contents: 'Hi' }, 'contents'],
    [{ contents: ['Hi'] }, 'contents[0]'],
    [{ contents: [{ role: 'assistant', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{}] }] }, 'contents[0].parts[0]'],
    [{ contents: [{ parts: [{ functionCall: { name: 'f' } }] }] }, 'contents[0].parts[0].functionCall'],
    [{ contents: [{ role: 'model', parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [{ contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] }, 'contents[0].parts[0].inlineData.data'],
    [{ systemInstruction: { parts: [{ inlineData: {} }] } }, 'systemInstruction.parts[0]'],
    [{ generationConfig: { temperature: 'warm' } }, 'generationConfig.temperature'],
    [{ generationConfig: { max_output_tokens: [] } }, 'generationConfig.max_output_tokens'],
    [{ generationConfig: { maxOutputTokens: 1, max_output_tokens: 9 } }, 'generationConfig.maxOutputTokens'],
    [
      { generationConfig: { thinkingConfig: { thinkingLevel: 'deep' } } },
      'generationConfig.thinkingConfig.thinkingLevel',
    ],
    [{ generationConfig: {}, generation_config: {} }, 'generationConfig'],
    [{ tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ toolConfig: { functionCallingConfig: { mode: 'MAYBE' } } }, 'toolConfig.functionCallingConfig.mode'],
  ];
  for (const [body, field] of cases) {
    test(`${field}: ${JSON.stringify(body)}`, () => {
      const whole = { contents: [{ parts: [{ text: 'Hi' }] }], ...body };
      assert.throws(
        () => gemini.readRequest(whole, inbound()),
        (error) =>
          error instanceof GatewayError && error.code === 'invalid_request' && error.field?.startsWith(field) === true,
      );
    });
  }
});
