import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, type LanguageModel, streamText, type ToolSet, tool } from 'ai';
import { CohereClientV2, CohereError } from 'cohere-ai';
import { Ollama } from 'ollama';
import type { Cleanup } from '../support/temp-directory.ts';
import { assertAskedInTurn } from './asked.ts';
import {
  KEYS,
  PROVIDER_NAMES,
  policyFiles,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';
import { ANSWERS } from './provider-answers.ts';

// What it warns of, such as models it has never heard of, is no news here.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

const WEATHER = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
  additionalProperties: false,
};

async function setUp(t: Cleanup) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
  return { providers, gateway };
}

describe("Cohere's own client", () => {
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: WEATHER } }];
  const clientOf = (gateway: TestGateway) => new CohereClientV2({ token: KEYS.team, environment: gateway.url });

  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, gateway } = await setUp(t);
      const cohere = clientOf(gateway);
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
      const model = `to-${to}`;

      const answer = await cohere.chat({ model, messages });
      const [part] = answer.message.content ?? [];
      assert.equal(part?.type === 'text' && part.text, 'Hi there');
      assert.deepEqual([answer.finishReason, answer.usage?.billedUnits?.inputTokens], ['COMPLETE', 9]);

      let text = '';
      let finish: unknown;
      for await (const event of await cohere.chatStream({ model, messages })) {
        if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? '';
        if (event.type === 'message-end') finish = event.delta?.finishReason;
      }
      assert.deepEqual([text, finish], ['Hi there', 'COMPLETE']);

      const called = await cohere.chat({ model, messages, tools });
      const [call] = called.message.toolCalls ?? [];
      assert.deepEqual([call?.function?.name, call?.function?.arguments], ['get_weather', '{"city":"Tokyo"}']);

      let name = '';
      let args = '';
      for await (const event of await cohere.chatStream({ model, messages, tools })) {
        if (event.type === 'tool-call-start') name = event.delta?.message?.toolCalls?.function?.name ?? '';
        if (event.type === 'tool-call-start') args += event.delta?.message?.toolCalls?.function?.arguments ?? '';
        if (event.type === 'tool-call-delta') args += event.delta?.message?.toolCalls?.function?.arguments ?? '';
      }
      assert.deepEqual([name, JSON.parse(args)], ['get_weather', { city: 'Tokyo' }]);
      assertAskedInTurn(providers[to]);
    });
  }

  it('meets its own error class', async (t) => {
    const { gateway } = await setUp(t);
    const cohere = new CohereClientV2({ token: KEYS.unknown, environment: gateway.url });
    await assert.rejects(cohere.chat({ model: 'to-cohere', messages }, { maxRetries: 0 }), (error: unknown) => {
      assert.ok(error instanceof CohereError);
      assert.equal(error.statusCode, 401);
      return true;
    });
  });
});

describe("Ollama's own client", () => {
  const messages = [{ role: 'user', content: 'Hello' }];
  const tools = [{ type: 'function', function: { name: 'get_weather', description: '', parameters: WEATHER } }];
  const clientOf = (gateway: TestGateway) =>
    new Ollama({ host: gateway.url, headers: { authorization: `Bearer ${KEYS.team}` } });

  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, gateway } = await setUp(t);
      const ollama = clientOf(gateway);
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
      const model = `to-${to}`;

      const answer = await ollama.chat({ model, messages });
      assert.deepEqual([answer.message.content, answer.done, answer.eval_count], ['Hi there', true, 3]);

      let text = '';
      for await (const chunk of await ollama.chat({ model, messages, stream: true })) text += chunk.message.content;
      assert.equal(text, 'Hi there');

      // biome-ignore lint/suspicious/noExplicitAny: the client's own type of a tool is narrower than JSON Schema
      const called = await ollama.chat({ model, messages, tools: tools as any });
      assert.deepEqual(called.message.tool_calls?.[0]?.function, { name: 'get_weather', arguments: { city: 'Tokyo' } });

      const calls: unknown[] = [];
      // biome-ignore lint/suspicious/noExplicitAny: as above
      for await (const chunk of await ollama.chat({ model, messages, tools: tools as any, stream: true })) {
        for (const call of chunk.message.tool_calls ?? []) calls.push(call.function);
      }
      assert.deepEqual(calls, [{ name: 'get_weather', arguments: { city: 'Tokyo' } }]);
      assertAskedInTurn(providers[to]);
    });
  }

  it('sees a stream that breaks after it has begun as an error', async (t) => {
    const { providers, gateway } = await setUp(t);
    providers.openai.enqueue({ chunks: [...ANSWERS.openai.firstContent, 'reset'] });
    const stream = await clientOf(gateway).chat({ model: 'to-openai', messages, stream: true });
    const read = async () => {
      for await (const _ of stream);
    };
    await assert.rejects(read(), /openai/);
  });
});

describe('the Vercel AI SDK', () => {
  const models: Readonly<Record<string, (url: string, model: string) => LanguageModel>> = {
    'openai, responses': (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: KEYS.team }).responses(model),
    'openai, chat': (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: KEYS.team }).chat(model),
    anthropic: (url, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: KEYS.team })(model),
    google: (url, model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: KEYS.team })(model),
  };
  const tools: ToolSet = {
    get_weather: tool({
      description: 'The weather of a city.',
      inputSchema: jsonSchema(WEATHER),
    }),
  };

  for (const [name, create] of Object.entries(models)) {
    it(`of ${name} talks to every provider: plain, streaming, tools`, async (t) => {
      const { providers, gateway } = await setUp(t);
      for (const to of PROVIDER_NAMES) {
        providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
        const base = { model: create(gateway.url, `to-${to}`), prompt: 'Hello', maxRetries: 0 };

        const { text, usage } = await generateText(base);
        assert.deepEqual([text, usage.inputTokens, usage.outputTokens], ['Hi there', 9, 3], to);
        assert.equal(await streamText(base).text, 'Hi there', to);

        const called = await generateText({ ...base, tools });
        const streamed = await streamText({ ...base, tools }).toolCalls;
        for (const calls of [called.toolCalls, streamed]) {
          assert.deepEqual(
            calls.map(({ toolName, input }) => [toolName, input]),
            [['get_weather', { city: 'Tokyo' }]],
            to,
          );
        }
        assertAskedInTurn(providers[to]);
      }
    });
  }
});

describe('LangChain', () => {
  for (const useResponsesApi of [false, true]) {
    it(`talks to every provider over ${useResponsesApi ? 'responses' : 'chat completions'}: plain, streaming, tools`, async (t) => {
      const { providers, gateway } = await setUp(t);
      for (const to of PROVIDER_NAMES) {
        providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
        const configuration = { baseURL: `${gateway.url}/v1` };
        const model = new ChatOpenAI({
          ...{ model: `to-${to}`, apiKey: KEYS.team, maxRetries: 0 },
          configuration,
          useResponsesApi,
        });

        assert.equal((await model.invoke('Hello')).text, 'Hi there', to);
        let text = '';
        for await (const chunk of await model.stream('Hello')) text += chunk.text;
        assert.equal(text, 'Hi there', to);

        const withTools = model.bindTools([
          { type: 'function', function: { name: 'get_weather', parameters: WEATHER } },
        ]);
        const called = await withTools.invoke('Weather?');
        assert.deepEqual(
          called.tool_calls?.map(({ name, args }) => [name, args]),
          [['get_weather', { city: 'Tokyo' }]],
          to,
        );
        const chunks = [];
        for await (const chunk of await withTools.stream('Weather?')) chunks.push(chunk);
        const whole = chunks.reduce((sum, chunk) => sum.concat(chunk));
        assert.deepEqual(
          whole.tool_calls?.map(({ name, args }) => [name, args]),
          [['get_weather', { city: 'Tokyo' }]],
          to,
        );
        assertAskedInTurn(providers[to]);
      }
    });
  }
});
