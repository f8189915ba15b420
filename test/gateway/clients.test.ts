import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { Cleanup } from '../support/temp-directory.ts';
import { assertAskedInTurn } from './asked.ts';
import { KEYS, PROVIDER_NAMES, policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANSWERS, ANTHROPIC, GEMINI, OPENAI, RESPONSES } from './provider-answers.ts';

const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
};

async function setUp(t: Cleanup, environment = 'production') {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment });
  const apiKey = KEYS.team;
  return {
    providers,
    gateway,
    openai: new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url, retryOptions: { attempts: 1 } } }),
  };
}

describe('the official OpenAI client', () => {
  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, openai } = await setUp(t);
      const server = providers[to];
      const messages = [{ role: 'user', content: 'Hello' }] as const;
      server.enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);

      const { data, response } = await openai.chat.completions
        .create({ model: `to-${to}`, messages: [...messages] })
        .withResponse();
      assert.equal(data.choices[0]?.message.content, 'Hi there');
      assert.equal(data.usage?.total_tokens, 12);
      assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000039');

      const stream = await openai.chat.completions.create({
        model: `to-${to}`,
        messages: [...messages],
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = '';
      let total = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? '';
        total = chunk.usage?.total_tokens ?? total;
      }
      assert.deepEqual([text, total], ['Hi there', 12]);

      const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: WEATHER } }];
      const called = await openai.chat.completions.create({ model: `to-${to}`, messages: [...messages], tools });
      const call = called.choices[0]?.message.tool_calls?.[0];
      assert.ok(call?.type === 'function');
      assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['get_weather', { city: 'Tokyo' }]);
      assert.equal(called.choices[0]?.finish_reason, 'tool_calls');

      const final = await openai.chat.completions
        .stream({ model: `to-${to}`, messages: [...messages], tools })
        .finalChatCompletion();
      const streamed = final.choices[0]?.message.tool_calls?.[0];
      assert.ok(streamed?.type === 'function');
      assert.deepEqual(JSON.parse(streamed.function.arguments), { city: 'Tokyo' });
      assertAskedInTurn(server);
    });
  }

  it('meets its own error classes', async (t) => {
    const { openai, providers, gateway } = await setUp(t);
    const body = { model: 'to-openai', messages: [{ role: 'user' as const, content: 'Hello' }] };
    const cases = [
      [OpenAI.AuthenticationError, 'invalid_api_key', { apiKey: KEYS.unknown }, 200],
      [OpenAI.PermissionDeniedError, 'key_expired', { apiKey: KEYS.expired }, 200],
      [OpenAI.RateLimitError, 'chain_exhausted', {}, 429],
      [OpenAI.InternalServerError, 'chain_exhausted', {}, 503],
      [OpenAI.BadRequestError, 'upstream_rejected', {}, 400],
    ] as const;
    for (const [type, code, options, status] of cases) {
      if (status === 200) providers.openai.otherwise(OPENAI.whole);
      else providers.openai.otherwise(OPENAI.error(status));
      const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: KEYS.team, maxRetries: 0, ...options });
      await assert.rejects(client.chat.completions.create(body), (error: unknown) => {
        assert.ok(error instanceof type, `${code}: ${String(error)}`);
        assert.equal(error.code, code);
        assert.equal(error.headers?.get('x-signalbox-error'), code);
        assert.equal(error.requestID, error.headers?.get('x-signalbox-request-id'));
        return true;
      });
    }
    await assert.rejects(openai.fineTuning.jobs.create({ model: 'x', training_file: 'y' }), OpenAI.NotFoundError);
  });

  it('sees a stream that breaks after it has begun as an error', async (t) => {
    const { openai, providers } = await setUp(t);
    for (const to of PROVIDER_NAMES) {
      providers[to].enqueue({ ...ANSWERS[to].stream, chunks: [...ANSWERS[to].firstContent, 'reset'] });
      const stream = await openai.chat.completions.create({
        model: `to-${to}`,
        messages: [{ role: 'user', content: 'Hello' }],
        stream: true,
      });
      let text = '';
      const read = async () => {
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      };
      await assert.rejects(read(), OpenAI.APIError);
      assert.equal(text, 'Hi');
    }
  });

  it('cancels the upstream call when it aborts', async (t) => {
    const { openai, providers } = await setUp(t);
    for (const to of PROVIDER_NAMES) {
      providers[to].enqueue({ ...ANSWERS[to].stream, chunks: [...ANSWERS[to].firstContent, 'hang'] });
      const stream = await openai.chat.completions.create({
        model: `to-${to}`,
        messages: [{ role: 'user', content: 'Hello' }],
        stream: true,
      });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
      stream.controller.abort();
      await providers[to].whenAborted(1);
    }
  });

  it('cancels the upstream call when it aborts before any answer', async (t) => {
    const { openai, providers } = await setUp(t);
    providers.openai.enqueue({ before: 'hang' });
    const controller = new AbortController();
    const call = openai.chat.completions.create(
      { model: 'to-openai', messages: [{ role: 'user', content: 'Hello' }] },
      { signal: controller.signal },
    );
    const rejected = assert.rejects(call, OpenAI.APIUserAbortError);
    await providers.openai.whenRequested(1);
    controller.abort();
    await rejected;
    await providers.openai.whenAborted(1);
  });
});

describe('the official OpenAI client on the Responses API', () => {
  const tools = [{ type: 'function' as const, name: 'get_weather', parameters: WEATHER, strict: false }];

  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, openai } = await setUp(t);
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
      const base = { model: `to-${to}`, input: 'Hello', store: false };

      const response = await openai.responses.create(base);
      assert.deepEqual(
        [response.output_text, response.usage?.total_tokens, response.status],
        ['Hi there', 12, 'completed'],
      );

      const stream = openai.responses.stream(base);
      let text = '';
      stream.on('response.output_text.delta', ({ delta }) => {
        text += delta;
      });
      const final = await stream.finalResponse();
      assert.deepEqual([text, final.output_text, final.usage?.total_tokens], ['Hi there', 'Hi there', 12]);

      const called = await openai.responses.create({ ...base, tools });
      const streamed = await openai.responses.stream({ ...base, tools }).finalResponse();
      for (const { output } of [called, streamed]) {
        const call = output.find((item) => item.type === 'function_call');
        assert.ok(call?.type === 'function_call');
        assert.deepEqual([call.name, JSON.parse(call.arguments)], ['get_weather', { city: 'Tokyo' }]);
      }
      assertAskedInTurn(providers[to]);
    });

    it(`sends ${to} the history of a tool call`, async (t) => {
      const { providers, openai } = await setUp(t);
      providers[to].otherwise(ANSWERS[to].whole);
      await openai.responses.create({
        model: `to-${to}`,
        input: [
          { role: 'user', content: 'Weather?' },
          { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Tokyo"}' },
          { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
        ],
        tools,
      });
      const [request] = providers[to].requests;
      assert.match(request?.bytes.toString() ?? '', /get_weather.*Tokyo.*sunny/s);
    });
  }

  it('is told that an earlier answer is out of reach of another dialect, whatever the route drops', async (t) => {
    const { openai, providers } = await setUp(t);
    providers.responses.otherwise(RESPONSES.whole);
    const body = { model: 'to-openai', input: 'And now?', previous_response_id: 'resp_0' };
    await assert.rejects(openai.responses.create(body), (error: unknown) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, 'unsupported_parameter');
      assert.equal(error.param, 'previous_response_id');
      return true;
    });
    const { id } = await openai.responses.create({ ...body, model: 'to-responses' });
    assert.equal(id, 'resp_1');
    assert.equal(providers.responses.requests[0]?.json.previous_response_id, 'resp_0');
  });

  it('sees a stream that breaks after it has begun as an error', async (t) => {
    const { openai, providers } = await setUp(t);
    for (const to of PROVIDER_NAMES) {
      providers[to].enqueue({ ...ANSWERS[to].stream, chunks: [...ANSWERS[to].firstContent, 'reset'] });
      const stream = await openai.responses.create({ model: `to-${to}`, input: 'Hello', stream: true });
      let text = '';
      const read = async () => {
        for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
      };
      await assert.rejects(read(), OpenAI.APIError);
      assert.equal(text, 'Hi');
    }
  });
});

describe('the official OpenAI client on the older completions', () => {
  it('talks to every provider: plain and streaming', async (t) => {
    const { openai, providers } = await setUp(t);
    for (const to of PROVIDER_NAMES) {
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream);
      const base = { model: `to-${to}`, prompt: 'Hello', max_tokens: 20 };
      const whole = await openai.completions.create(base);
      assert.deepEqual([whole.choices[0]?.text, whole.usage?.total_tokens], ['Hi there', 12], to);
      let text = '';
      for await (const chunk of await openai.completions.create({ ...base, stream: true }))
        text += chunk.choices[0]?.text;
      assert.equal(text, 'Hi there', to);
    }
  });

  it('passes through where the provider also speaks them, and asks nothing of a chat that it cannot say', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers);
    const openaiAlso = files['providers.yaml']?.replace(
      'dialect: openai-chat,',
      'dialect: openai-chat, alsoSpeaks: [openai-completions],',
    );
    const gateway = await startTestGateway(
      t,
      { ...files, 'providers.yaml': openaiAlso ?? '' },
      { env: SECRETS, environment: 'production' },
    );
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: KEYS.team, maxRetries: 0 });
    const answer = {
      id: 'cmpl-1',
      object: 'text_completion',
      created: 5,
      model: 'm',
      choices: [{ text: 'mid', index: 0 }],
    };
    providers.openai.otherwise({ body: answer });
    const body = { model: 'to-openai', prompt: ['a', 'b'], suffix: 'z' };
    assert.equal((await openai.completions.create(body)).choices[0]?.text, 'mid');
    const [request] = providers.openai.requests;
    assert.equal(request?.path, '/v1/completions');
    assert.deepEqual(request?.json, { ...body, model: 'up-openai-model' });

    await assert.rejects(openai.completions.create({ ...body, model: 'to-anthropic' }), (error: unknown) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.deepEqual([error.code, error.param], ['unsupported_parameter', 'prompt']);
      return true;
    });
  });
});

describe('the official Anthropic client', () => {
  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, anthropic } = await setUp(t);
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
      const base = { model: `to-${to}`, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

      const message = await anthropic.messages.create(base);
      assert.deepEqual(
        message.content.map((block) => (block.type === 'text' ? block.text : block.type)),
        ['Hi there'],
      );
      assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [9, 3]);
      assert.equal(message.stop_reason, 'end_turn');

      const streamed = await anthropic.messages.stream(base).finalMessage();
      assert.deepEqual(
        streamed.content.map((block) => (block.type === 'text' ? block.text : block.type)),
        ['Hi there'],
      );
      assert.equal(streamed.usage.output_tokens, 3);

      const tools = [{ name: 'get_weather', input_schema: { ...WEATHER, type: 'object' as const } }];
      for (const called of [
        await anthropic.messages.create({ ...base, tools }),
        await anthropic.messages.stream({ ...base, tools }).finalMessage(),
      ]) {
        const block = called.content.find((each) => each.type === 'tool_use');
        assert.deepEqual([block?.name, block?.input], ['get_weather', { city: 'Tokyo' }]);
        assert.equal(called.stop_reason, 'tool_use');
      }
      assertAskedInTurn(providers[to]);
    });
  }

  it('meets its own error classes', async (t) => {
    const { gateway, providers } = await setUp(t);
    const body = { model: 'to-anthropic', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
    const cases = [
      [Anthropic.AuthenticationError, 'invalid_api_key', { apiKey: KEYS.unknown }, 200],
      [Anthropic.PermissionDeniedError, 'key_expired', { apiKey: KEYS.expired }, 200],
      [Anthropic.RateLimitError, 'chain_exhausted', {}, 429],
      [Anthropic.InternalServerError, 'chain_exhausted', {}, 529],
      [Anthropic.BadRequestError, 'upstream_rejected', {}, 400],
    ] as const;
    for (const [type, code, options, status] of cases) {
      if (status === 200) providers.anthropic.otherwise(ANTHROPIC.whole);
      else providers.anthropic.otherwise(ANTHROPIC.error(status));
      const client = new Anthropic({ baseURL: gateway.url, apiKey: KEYS.team, maxRetries: 0, ...options });
      await assert.rejects(client.messages.create(body), (error: unknown) => {
        assert.ok(error instanceof type, `${code}: ${String(error)}`);
        assert.equal((error.error as { readonly error: { readonly code: string } }).error.code, code);
        assert.equal(error.requestID, error.headers.get('x-signalbox-request-id'));
        return true;
      });
    }
  });

  it('sees a stream that breaks after it has begun as an error, and cancels when it aborts', async (t) => {
    const { anthropic, providers } = await setUp(t);
    const body = { model: 'to-openai', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] };
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'cut'] });
    await assert.rejects(anthropic.messages.stream(body).finalMessage(), Anthropic.APIError);
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'hang'] });
    const stream = await anthropic.messages.create({ ...body, stream: true });
    for await (const event of stream) if (event.type === 'content_block_delta') break;
    stream.controller.abort();
    await providers.openai.whenAborted(2);
  });

  it('lists models in its own shape', async (t) => {
    const { anthropic } = await setUp(t);
    const ids = (await anthropic.models.list()).data.map(({ id }) => id);
    assert.ok(ids.includes('up-anthropic/model'), ids.join());
  });
});

describe('the official Google client', () => {
  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, google } = await setUp(t);
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
      const base = { model: `to-${to}`, contents: 'Hello' };
      const whole = await google.models.generateContent(base);
      assert.equal(whole.text, 'Hi there');
      assert.deepEqual([whole.usageMetadata?.promptTokenCount, whole.usageMetadata?.candidatesTokenCount], [9, 3]);

      let text = '';
      for await (const chunk of await google.models.generateContentStream(base)) text += chunk.text ?? '';
      assert.equal(text, 'Hi there');

      const config = { tools: [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: WEATHER }] }] };
      const called = await google.models.generateContent({ ...base, config });
      assert.deepEqual(
        called.functionCalls?.map(({ name, args }) => [name, args]),
        [['get_weather', { city: 'Tokyo' }]],
      );
      const calls = [];
      for await (const chunk of await google.models.generateContentStream({ ...base, config })) {
        calls.push(...(chunk.functionCalls ?? []));
      }
      assert.deepEqual(
        calls.map(({ name, args }) => [name, args]),
        [['get_weather', { city: 'Tokyo' }]],
      );
      assertAskedInTurn(providers[to]);
    });
  }

  it('meets its own error class with our status', async (t) => {
    const { gateway, google, providers } = await setUp(t);
    const expect = async (client: GoogleGenAI, status: number, code: string) =>
      assert.rejects(client.models.generateContent({ model: 'to-gemini', contents: 'Hello' }), (error: unknown) => {
        assert.ok(error instanceof ApiError, String(error));
        assert.equal(error.status, status);
        assert.match(error.message, new RegExp(code));
        return true;
      });
    const stranger = new GoogleGenAI({ apiKey: KEYS.unknown, httpOptions: { baseUrl: gateway.url } });
    await expect(stranger, 401, 'invalid_api_key');
    providers.gemini.otherwise(GEMINI.error(400));
    await expect(google, 400, 'upstream_rejected');
  });

  it('sees a stream that breaks after it has begun as an error', async (t) => {
    const { google, providers } = await setUp(t);
    for (const to of PROVIDER_NAMES) {
      providers[to].enqueue({ ...ANSWERS[to].stream, chunks: [...ANSWERS[to].firstContent, 'reset'] });
      const stream = await google.models.generateContentStream({ model: `to-${to}`, contents: 'Hello' });
      let text = '';
      const read = async () => {
        for await (const chunk of stream) text += chunk.text ?? '';
      };
      await assert.rejects(read(), /stream_interrupted|502/);
      assert.equal(text, 'Hi');
    }
  });

  it('lists models in its own shape', async (t) => {
    const { google } = await setUp(t);
    const names: (string | undefined)[] = [];
    for await (const model of await google.models.list()) names.push(model.name);
    assert.ok(names.includes('models/up-gemini/model'), names.join());
  });
});

describe('counting tokens', () => {
  const messages = [{ role: 'user' as const, content: 'Hello' }];

  it('by Anthropic and by Gemini, for callers of either, at no cost', async (t) => {
    const { providers, anthropic, google, gateway } = await setUp(t);
    providers.anthropic.otherwise({ body: { input_tokens: 42 } });
    providers.gemini.otherwise({ body: { totalTokens: 17 } });
    const tools = [{ name: 'f', input_schema: { type: 'object' as const } }];
    for (const [to, count] of [
      ['anthropic', 42],
      ['gemini', 17],
    ] as const) {
      const { data, response } = await anthropic.messages
        .countTokens({ model: `to-${to}`, system: 'Be brief.', messages, tools })
        .withResponse();
      assert.equal(data.input_tokens, count);
      assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000000');
      const counted = await google.models.countTokens({ model: `to-${to}`, contents: 'Hello' });
      assert.equal(counted.totalTokens, count);
    }
    const sent = [...providers.anthropic.requests, ...providers.gemini.requests].map(({ path, json }) => [
      path,
      Object.keys(json).sort(),
    ]);
    assert.deepEqual(sent, [
      ['/v1/messages/count_tokens', ['messages', 'model', 'system', 'tools']],
      ['/v1/messages/count_tokens', ['messages', 'model']],
      ['/v1beta/models/up-gemini-model:countTokens', ['generateContentRequest']],
      ['/v1beta/models/up-gemini-model:countTokens', ['contents']],
    ]);
    assert.ok(gateway.url);
  });

  it('here, where the provider has no such call', async (t) => {
    const { providers, anthropic, google } = await setUp(t);
    for (const to of ['openai', 'responses', 'cohere', 'ollama'] as const) {
      const short = await anthropic.messages.countTokens({ model: `to-${to}`, messages });
      const long = await google.models.countTokens({ model: `to-${to}`, contents: 'Hello '.repeat(100) });
      assert.ok(short.input_tokens > 0 && short.input_tokens < 20, String(short.input_tokens));
      assert.ok((long.totalTokens ?? 0) > 100, String(long.totalTokens));
      assert.equal(providers[to].requests.length, 0);
    }
  });

  it('is refused and fails in the dialect of the caller', async (t) => {
    const { providers, anthropic, gateway } = await setUp(t);
    await assert.rejects(
      anthropic.messages.countTokens({ model: 'to-anthropic', messages: [] }),
      Anthropic.BadRequestError,
    );
    providers.anthropic.otherwise(ANTHROPIC.error(500));
    await assert.rejects(
      anthropic.messages.countTokens({ model: 'to-anthropic', messages }),
      Anthropic.InternalServerError,
    );
    const stranger = new Anthropic({ baseURL: gateway.url, apiKey: KEYS.unknown, maxRetries: 0 });
    await assert.rejects(
      stranger.messages.countTokens({ model: 'to-anthropic', messages }),
      Anthropic.AuthenticationError,
    );
  });
});
