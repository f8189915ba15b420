import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, type LanguageModel, stepCountIs, tool } from 'ai';
import { CohereClientV2 } from 'cohere-ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { KEYS, PROVIDER_NAMES, policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANSWERS } from './provider-answers.ts';

Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

const NAME = 'get_weather';
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' as const } }, required: ['city'] };
const ARGUMENTS = '{"city":"Tokyo"}';
const INPUT = { city: 'Tokyo' };
const CHAT_TOOL = { type: 'function' as const, function: { name: NAME, description: 'It.', parameters: SCHEMA } };
const CHAT_CALL = { id: 'call_1', type: 'function' as const, function: { name: NAME, arguments: ARGUMENTS } };
const apiKey = KEYS.team;

/** A second turn with the result of a call, as each client sends it; gives what is said to it. */
type SecondTurn = (url: string, model: string) => Promise<string | null | undefined>;

/** The loop of the AI SDK: it runs the tool itself and sends the result. */
function loop(
  create: (url: string, model: string) => LanguageModel,
  providerOptions: Readonly<Record<string, { readonly store: boolean }>> = {},
): SecondTurn {
  const weather = tool({ description: 'It.', inputSchema: jsonSchema<typeof INPUT>(SCHEMA), execute: () => 'sunny' });
  return async (url, model) => {
    const tools = { [NAME]: weather };
    const stopWhen = stepCountIs(2);
    const asked = { model: create(url, model), prompt: 'Weather?', maxRetries: 0, tools, stopWhen, providerOptions };
    return (await generateText(asked)).text;
  };
}

/** Those that run no tool themselves are given the call; the others ask for it first. */
const GIVEN: Readonly<Record<string, SecondTurn>> = {
  'openai, chat': async (url, model) => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    const messages = [
      { role: 'user' as const, content: 'Weather?' },
      { role: 'assistant' as const, content: null, tool_calls: [CHAT_CALL] },
      { role: 'tool' as const, tool_call_id: 'call_1', content: 'sunny' },
    ];
    const answer = await client.chat.completions.create({ model, messages, tools: [CHAT_TOOL] });
    return answer.choices[0]?.message.content;
  },
  '@anthropic-ai/sdk': async (url, model) => {
    const client = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
    const { content } = await client.messages.create({
      model,
      max_tokens: 100,
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: NAME, input: INPUT }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' }] },
      ],
      tools: [{ name: NAME, input_schema: SCHEMA }],
    });
    return content[0]?.type === 'text' ? content[0].text : null;
  },
  '@google/genai': async (url, model) => {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } });
    const answer = await client.models.generateContent({
      model,
      contents: [
        { role: 'user', parts: [{ text: 'Weather?' }] },
        { role: 'model', parts: [{ functionCall: { name: NAME, args: INPUT } }] },
        { role: 'user', parts: [{ functionResponse: { name: NAME, response: { result: 'sunny' } } }] },
      ],
      config: { tools: [{ functionDeclarations: [{ name: NAME, parametersJsonSchema: SCHEMA }] }] },
    });
    return answer.text;
  },
  'cohere-ai': async (url, model) => {
    const client = new CohereClientV2({ token: apiKey, environment: url });
    const answer = await client.chat({
      model,
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', toolCalls: [CHAT_CALL] },
        { role: 'tool', toolCallId: 'call_1', content: 'sunny' },
      ],
      tools: [CHAT_TOOL],
    });
    const [part] = answer.message.content ?? [];
    return part?.type === 'text' ? part.text : null;
  },
  ollama: async (url, model) => {
    const client = new Ollama({ host: url, headers: { authorization: `Bearer ${apiKey}` } });
    const answer = await client.chat({
      model,
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: '', tool_calls: [{ function: { name: NAME, arguments: INPUT } }] },
        { role: 'tool', content: 'sunny', tool_name: NAME },
      ],
      tools: [CHAT_TOOL],
    });
    return answer.message.content;
  },
  '@langchain/openai': async (url, model) => {
    const chat = new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: `${url}/v1` } });
    const answer = await chat.bindTools([CHAT_TOOL]).invoke([
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: '', tool_calls: [CHAT_CALL] },
      { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    ]);
    return answer.text;
  },
};

const LOOPING: Readonly<Record<string, SecondTurn>> = {
  '@ai-sdk/openai, chat': loop((url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model)),
  // Unless told otherwise, its second turn names items that only OpenAI has kept.
  '@ai-sdk/openai, responses': loop((url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model), {
    openai: { store: false },
  }),
  '@ai-sdk/anthropic': loop((url, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey })(model)),
  '@ai-sdk/google': loop((url, model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey })(model)),
};

describe('the result of a tool goes back to every provider', () => {
  for (const [client, send] of Object.entries({ ...GIVEN, ...LOOPING })) {
    it(`from ${client}`, async (t) => {
      const providers = await startProviders(t);
      const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
      for (const to of PROVIDER_NAMES) {
        const { toolCall, whole } = ANSWERS[to];
        providers[to].enqueue(...(client in LOOPING ? [toolCall] : []), whole);
        assert.equal(await send(gateway.url, `to-${to}`), 'Hi there', to);
        const sent = providers[to].requests.at(-1)?.bytes.toString() ?? '';
        for (const each of ['get_weather', 'Tokyo', 'sunny']) assert.ok(sent.includes(each), `${to}: ${sent}`);
      }
    });
  }
});
