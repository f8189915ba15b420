import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadCatalog } from '#catalog';
import type { DialectName, Endpoint, JsonObject } from '#core';
import { createSseFramer, dialectOf, type SseEvent } from '#dialects';
import { readWhole } from '../../dialects/answers/cross.ts';
import { callerWith, targetWith } from '../../dialects/openai-chat/target.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from '../../gateway/harness.ts';
import { ANTHROPIC, OPENAI } from '../../gateway/provider-answers.ts';

const MODELS: Readonly<Partial<Record<DialectName, string>>> = {
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  'bedrock-converse': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'cohere-chat': 'command-a-03-2025',
};
const PROVIDERS = new Map(loadCatalog().providers.map(({ metadata, spec }) => [metadata.name, spec]));
const HI = { messages: [{ role: 'user', content: 'Hi' }] };

function spoken(name: DialectName) {
  return dialectOf(name) ?? assert.fail(name);
}

/** A chat completion as another dialect gets it. */
function crossed(to: DialectName, body: JsonObject, model = MODELS[to] ?? 'm') {
  const context = { endpoint: 'chat' as Endpoint, pathModel: null, pathStream: null };
  const request = spoken('openai-chat').readRequest({ model: 'm', ...HI, ...body }, context);
  const written = spoken(to).writeRequest(request, targetWith({ upstreamModel: model }));
  return { body: JSON.parse(JSON.stringify(written.body)), lost: written.lost };
}

const user = (...content: readonly JsonObject[]) => ({ messages: [{ role: 'user', content }] });
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];

/** A body that every dialect is asked to say, and what each makes of it: a part of its body, or what is named as lost. */
const CHOICES: readonly (readonly [unknown, Readonly<Partial<Record<DialectName, unknown>>>])[] = [
  [
    'none',
    {
      'anthropic-messages': { type: 'none' },
      gemini: { functionCallingConfig: { mode: 'NONE' } },
      'bedrock-converse': undefined,
      'cohere-chat': 'NONE',
      'openai-responses': 'none',
    },
  ],
  [
    'auto',
    {
      'anthropic-messages': { type: 'auto' },
      gemini: { functionCallingConfig: { mode: 'AUTO' } },
      'bedrock-converse': { auto: {} },
      'cohere-chat': undefined,
      'openai-responses': 'auto',
    },
  ],
  [
    'required',
    {
      'anthropic-messages': { type: 'any' },
      gemini: { functionCallingConfig: { mode: 'ANY' } },
      'bedrock-converse': { any: {} },
      'cohere-chat': 'REQUIRED',
      'openai-responses': 'required',
    },
  ],
  [
    { type: 'function', function: { name: 'f' } },
    {
      'anthropic-messages': { type: 'tool', name: 'f' },
      gemini: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      'bedrock-converse': { tool: { name: 'f' } },
      'cohere-chat': 'REQUIRED',
      'openai-responses': { type: 'function', name: 'f' },
    },
  ],
];

describe('points of the checklist that have no other case', () => {
  it('each choice of a tool is said in the words of each dialect', () => {
    for (const [choice, words] of CHOICES) {
      for (const [to, expected] of Object.entries(words)) {
        const { body, lost } = crossed(to as DialectName, { tools, tool_choice: choice });
        const said = { gemini: body.toolConfig, 'bedrock-converse': body.toolConfig?.toolChoice };
        const actual = to in said ? said[to as keyof typeof said] : body.tool_choice;
        assert.deepEqual(actual, expected, `${to} ${JSON.stringify(choice)}`);
        assert.deepEqual(lost, [], to);
      }
    }
  });

  it('one call at a time is said, or named as lost', () => {
    const asked = { tools, parallel_tool_calls: false };
    assert.deepEqual(crossed('anthropic-messages', asked).body.tool_choice, {
      type: 'auto',
      disable_parallel_tool_use: true,
    });
    assert.equal(crossed('openai-responses', asked).body.parallel_tool_calls, false);
    for (const to of ['gemini', 'bedrock-converse', 'cohere-chat', 'ollama'] as const) {
      assert.deepEqual(crossed(to, asked).lost, ['parallel_tool_calls'], to);
    }
  });

  it('arguments of a call that are no JSON object are a 400 wherever they must be one', () => {
    const broken = { ...call, function: { name: 'f', arguments: '{"a":' } };
    const messages = [...HI.messages, { role: 'assistant', tool_calls: [broken] }];
    for (const to of ['anthropic-messages', 'gemini', 'bedrock-converse', 'ollama'] as const) {
      assert.throws(() => crossed(to, { messages, tools }), {
        name: 'GatewayError',
        code: 'invalid_request',
        status: 400,
        field: 'messages[1].content[0].arguments',
      });
    }
  });

  it('thoughts with signatures go to a caller of OpenAI and come back ahead of their call, at Claude and at Gemini', () => {
    const back = (from: 'anthropic-messages' | 'gemini', body: JsonObject, model: string) => {
      const { choices } = spoken('openai-chat').writeResponse(readWhole(from, body), callerWith());
      const [choice] = choices as readonly { readonly message: { tool_calls: readonly { id: string }[] } }[];
      const message = choice?.message ?? assert.fail();
      const result = { role: 'tool', tool_call_id: message.tool_calls[0]?.id, content: '{"ok":true}' };
      return crossed(from, { tools, max_tokens: 8000, messages: [...HI.messages, message, result] }, model);
    };
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'redacted_thinking', data: 'enc' },
      { type: 'text', text: 'Look.' },
      { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
    ];
    const claude = { type: 'message', id: 'm', role: 'assistant', model: 'm', content, stop_reason: 'tool_use' };
    const toClaude = back('anthropic-messages', claude, 'claude-sonnet-4-5');
    assert.deepEqual([toClaude.body.messages[1].content, toClaude.lost], [content, []]);

    const parts = [
      { text: 'Look.' },
      { functionCall: { id: 'c1', name: 'f', args: { a: 1 } }, thoughtSignature: 'Csig' },
    ];
    const gemini = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] };
    const toGemini = back('gemini', gemini, 'gemini-3-pro-preview');
    assert.deepEqual([toGemini.body.contents[1].parts, toGemini.lost], [parts, []]);
  });

  it('a thinking budget passes as it was asked for', () => {
    const thinking = { type: 'enabled', budget_tokens: 2048 };
    assert.deepEqual(crossed('anthropic-messages', { thinking, max_tokens: 8000 }).body.thinking, thinking);
  });

  it('a file of text and a PDF are documents of Claude', () => {
    const file = (file_data: string) => user({ type: 'file', file: { file_data } });
    const source = (file_data: string) =>
      crossed('anthropic-messages', file(file_data)).body.messages[0].content[0].source;
    assert.deepEqual(source('data:text/plain;base64,aGk='), { type: 'text', media_type: 'text/plain', data: 'hi' });
    assert.deepEqual(source('data:application/pdf;base64,aGk='), {
      type: 'base64',
      media_type: 'application/pdf',
      data: 'aGk=',
    });
  });

  it('a function of a built-in tool’s name stays a function at Gemini', () => {
    const named = ['googleSearch', 'google_search', 'googleMaps', 'codeExecution'];
    const { body, lost } = crossed('gemini', {
      tools: named.map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })),
    });
    const [{ functionDeclarations }, ...others] = body.tools;
    assert.deepEqual(
      functionDeclarations.map(({ name }: { name: string }) => name),
      named,
    );
    assert.deepEqual([others, lost], [[], []]);
  });

  it('top_k and strict tools have Cohere’s own names', () => {
    const context = { endpoint: 'messages' as Endpoint, pathModel: null, pathStream: null };
    const request = spoken('anthropic-messages').readRequest({ ...HI, model: 'm', max_tokens: 9, top_k: 5 }, context);
    const { body } = spoken('cohere-chat').writeRequest(request, targetWith({ upstreamModel: 'command-a-03-2025' }));
    assert.deepEqual([body.k, body.top_k], [5, undefined]);
    const strict = [{ type: 'function', function: { ...tools[0]?.function, strict: true } }];
    assert.equal(crossed('cohere-chat', { tools: strict }).body.strict_tools, true);
  });

  it('a call of Messages reaches Claude byte for byte, with the beta flags of its header and of its body', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.anthropic.otherwise(ANTHROPIC.whole);
    const body = `{ "anthropic_beta": ["b-1"], "model":"to-anthropic",  "max_tokens": 9e0, "messages": [{"role":"user","content":"\\u0048i"}] }`;
    const headers = { 'anthropic-beta': 'a-1,a-2', 'anthropic-version': '2023-06-01' };
    const answer = await post(gateway, '/v1/messages', body, headers);
    assert.equal(answer.status, 200, answer.text);
    const [seen] = providers.anthropic.requests;
    assert.equal(seen?.bytes.toString(), body.replace('to-anthropic', 'up-anthropic-model'));
    assert.deepEqual([seen?.headers['anthropic-beta'], seen?.headers['anthropic-version']], ['a-1,a-2', '2023-06-01']);
  });

  it('the wait and the rate limits that a provider tells reach the caller', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const limits = { 'retry-after': '7', 'x-ratelimit-remaining-requests': '0' };
    providers.openai.otherwise({ ...OPENAI.error(429), headers: limits });
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const answer = await post(gateway, path, ask('to-openai', { max_tokens: 9 }));
      assert.equal(answer.status, 429, answer.text);
      assert.equal(answer.headers.get('retry-after'), '7', path);
      assert.equal(answer.headers.get('x-ratelimit-remaining-requests'), '0', path);
    }
  });

  it('caps that contradict one another are refused', () => {
    const both = { max_tokens: 1, max_completion_tokens: 2 };
    assert.throws(() => crossed('gemini', both), { code: 'invalid_request', message: /max_tokens/ });
  });

  it('a tool of another dialect is named, not rebuilt', () => {
    const { body, lost } = crossed('anthropic-messages', { tools: [{ type: 'web_search', web_search: {} }] });
    assert.equal(body.tools, undefined);
    assert.deepEqual(lost, ['tools[0] (web_search)']);
  });

  it('a sound that Claude cannot hear is named', () => {
    const sound = { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } };
    const { lost } = crossed('anthropic-messages', user({ type: 'text', text: 'Hi' }, sound));
    assert.deepEqual(lost, ['messages[0].content[1] (audio)']);
  });

  it('a temperature beyond the range of Claude is sent as the highest it takes, and that is told', () => {
    const { body, lost } = crossed('anthropic-messages', { temperature: 1.5 });
    assert.deepEqual([body.temperature, lost], [1, ['temperature']]);
  });

  it('Claude gets the cap that it demands', () => {
    assert.equal(crossed('anthropic-messages', {}).body.max_tokens, 4096);
  });

  it('the user becomes the user of the metadata', () => {
    assert.deepEqual(crossed('anthropic-messages', { user: 'u1' }).body.metadata, { user_id: 'u1' });
  });

  it('an effort, a schema and what has no place reach Claude or are named', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    const { body, lost } = crossed('anthropic-messages', {
      reasoning_effort: 'high',
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
      seed: 1,
      service_tier: 'flex',
      logprobs: true,
    });
    assert.equal(body.thinking.type, 'enabled');
    assert.ok(body.thinking.budget_tokens >= 1024 && body.thinking.budget_tokens < body.max_tokens);
    assert.deepEqual(body.output_config.format, { type: 'json_schema', schema });
    assert.deepEqual([...lost].sort(), ['logprobs', 'seed', 'service_tier']);
  });

  it('Gemini is asked for JSON, with and without a schema', () => {
    const plain = crossed('gemini', { response_format: { type: 'json_object' } }).body.generationConfig;
    assert.equal(plain.responseMimeType, 'application/json');
    const format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
    assert.equal(
      crossed('gemini', { response_format: format }).body.generationConfig.responseMimeType,
      'application/json',
    );
  });

  it('an effort becomes a budget or a level, as the Gemini model has them, and never both', () => {
    const thinking = (model: string) =>
      crossed('gemini', { reasoning_effort: 'high' }, model).body.generationConfig.thinkingConfig;
    assert.deepEqual(thinking('gemini-2.5-pro'), { thinkingBudget: 24_576 });
    assert.deepEqual(thinking('gemini-3-pro-preview'), { thinkingLevel: 'HIGH' });
  });

  it('modalities and picture settings of OpenAI are named, not guessed at', () => {
    const { lost } = crossed('gemini', { modalities: ['text', 'image'], image_config: { aspect_ratio: '1:1' } });
    assert.deepEqual([...lost].sort(), ['image_config', 'modalities']);
  });

  it('a picture by URL gets a type, whatever its query says', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png?size=1.jpg#x' } };
    const [part] = crossed('gemini', user(image)).body.contents[0].parts;
    assert.equal(part.fileData.mimeType, 'image/png');
  });

  it('a picture in the request keeps the type that it came with', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/webp;base64,aGk=' } };
    const [part] = crossed('gemini', user(image)).body.contents[0].parts;
    assert.deepEqual(part.inlineData, { mimeType: 'image/webp', data: 'aGk=' });
    // Without a type nothing is guessed.
    const bare = { type: 'image_url', image_url: { url: 'iVBORw0KGgo=' } };
    const { body, lost } = crossed('gemini', user({ type: 'text', text: 'What?' }, bare));
    assert.deepEqual(body.contents[0].parts, [{ text: 'What?' }]);
    assert.match(lost.join(), /^messages\[0\]\.content\[1\]/);
  });

  it('a sound reaches Gemini', () => {
    const sound = { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } };
    assert.equal(crossed('gemini', user(sound)).body.contents[0].parts[0].inlineData.mimeType, 'audio/wav');
  });

  it('usage without tokens of candidates is usage', () => {
    const response = spoken('gemini').readResponse({
      candidates: [{ index: 0, content: { role: 'model', parts: [] }, finishReason: 'MAX_TOKENS' }],
      usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 20, totalTokenCount: 29 },
    });
    assert.ok('choices' in response);
    assert.equal(response.usage?.input, 9);
    assert.equal(response.usage?.reasoning, 20);
    assert.equal(response.usage?.output, 0);
  });

  it('an error of Gemini in an array is an error', () => {
    const body = JSON.stringify([{ error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } }]);
    const failure = spoken('gemini').readError(429, {}, body);
    assert.equal(failure.reason, 'rate-limit');
    assert.equal(failure.message, 'slow down');
  });

  it('each family of models at a cloud is a provider with a dialect of its own', () => {
    const dialects = ['vertex', 'vertex-anthropic', 'bedrock'].map((name) => PROVIDERS.get(name)?.dialect);
    assert.deepEqual(dialects, ['gemini', 'anthropic-messages', 'bedrock-converse']);
    assert.match(String(PROVIDERS.get('vertex')?.baseUrl), /\/locations\/global\//);
  });

  it('an empty result of a tool is an empty list at Bedrock', () => {
    const { body } = crossed('bedrock-converse', {
      tools,
      messages: [
        ...HI.messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: '' },
      ],
    });
    assert.deepEqual(body.messages[2].content[0].toolResult.content, []);
  });

  it('a picture by URL that Bedrock cannot fetch is named', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    const { lost } = crossed('bedrock-converse', user({ type: 'text', text: 'Hi' }, image));
    assert.equal(lost.length, 1);
    assert.match(lost[0] ?? '', /^messages\[0\]\.content\[1\]/);
  });

  it('Azure is one provider by its newer address and one by its older', () => {
    assert.match(String(PROVIDERS.get('azure-openai')?.baseUrl), /\/openai\/v1$/);
    assert.equal(PROVIDERS.get('azure-openai-classic')?.quirks?.path, '/deployments/{model}/chat/completions');
  });

  it('a filtered prompt of Azure is a filtered prompt', () => {
    const error = {
      message: 'The response was filtered',
      code: 'content_filter',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
    };
    assert.equal(spoken('openai-chat').readError(400, {}, JSON.stringify({ error })).reason, 'content-filter');
  });

  it('Claude in Foundry is a provider document of a few lines', async (t) => {
    const providers = await startProviders(t);
    const foundry = `apiVersion: signalbox/v1
kind: Provider
metadata: { name: foundry }
spec:
  dialect: anthropic-messages
  baseUrl: "${providers.anthropic.url}/anthropic/v1"
  auth: { kind: header, name: api-key, secret: { env: UP_ANTHROPIC_KEY } }
  headers: { anthropic-version: "2023-06-01", extra-parameters: pass-through }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: foundry }
spec: { match: { models: [claude-deployment] }, chain: foundry }
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: foundry }
spec: { targets: [{ id: claude, provider: foundry }] }
`;
    const gateway = await startTestGateway(t, policyFiles(providers, { 'foundry.yaml': foundry }), { env: SECRETS });
    providers.anthropic.otherwise({ status: 400, body: { type: 'error', error: { type: 'x', message: 'y' } } });
    await post(gateway, '/v1/messages', ask('claude-deployment', { max_tokens: 9 }));
    const [seen] = providers.anthropic.requests;
    assert.equal(seen?.path, '/anthropic/v1/messages');
    assert.equal(seen?.headers['api-key'], SECRETS.UP_ANTHROPIC_KEY);
    assert.equal(seen?.headers['extra-parameters'], 'pass-through');
  });

  it('Cohere is told nothing where a tool may be called', () => {
    assert.equal(crossed('cohere-chat', { tools, tool_choice: 'auto' }).body.tool_choice, undefined);
  });

  it('an error of Cohere is told by its message', () => {
    const failure = spoken('cohere-chat').readError(400, {}, '{"message":"invalid request: no model"}');
    assert.equal(failure.message, 'invalid request: no model');
  });

  it('the name of an event may follow its data', () => {
    const frames = (text: string): readonly SseEvent[] => createSseFramer().push(Buffer.from(text));
    for (const text of ['event: a\ndata: 1\n\n', 'data: 1\nevent: a\n\n']) {
      const [frame] = frames(text);
      assert.deepEqual([frame?.event, frame?.data], ['a', '1']);
    }
  });

  it('an empty read changes nothing', () => {
    const framer = createSseFramer();
    assert.deepEqual(framer.push(Buffer.from('data: 1\n')), []);
    assert.deepEqual(framer.push(new Uint8Array()), []);
    assert.equal(framer.push(Buffer.from('\n'))[0]?.data, '1');
  });

  it('a compressed answer is read', async (t) => {
    const providers = await startProviders(t);
    const server = createServer((_request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      reply.end(gzipSync(JSON.stringify('body' in OPENAI.whole ? OPENAI.whole.body : {})));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const files = policyFiles(providers);
    const moved = String(files['providers.yaml']).replaceAll(providers.openai.url, `http://127.0.0.1:${address.port}`);
    const gateway = await startTestGateway(t, { ...files, 'providers.yaml': moved }, { env: SECRETS });
    const answer = await post(gateway, '/v1/messages', ask('to-openai', { max_tokens: 9 }));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.content[0].text, 'Hi there');
  });
});
