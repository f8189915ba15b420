import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAwsFramer } from '../../src/dialects/aws-framer.ts';
import {
  ask,
  PROVIDER_NAMES,
  type ProviderName,
  policyFiles,
  post,
  SECRETS,
  startProviders,
  startTestGateway,
} from './harness.ts';
import { ANSWERS, OPENAI } from './provider-answers.ts';

interface Caller {
  readonly path: (model: string, stream: boolean) => string;
  readonly body: (model: string, stream: boolean) => object;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
  readonly textOf: (json: any) => string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
  readonly usageOf: (json: any) => readonly [number, number];
  readonly textOfStream: (text: string) => string;
  readonly terminator: RegExp;
}

const CALLERS: Readonly<Record<ProviderName | 'completions', Caller>> = {
  openai: {
    path: () => '/v1/chat/completions',
    body: (model, stream) => ask(model, { stream }),
    textOf: (json) => json.choices[0].message.content,
    usageOf: ({ usage }) => [usage.prompt_tokens, usage.completion_tokens],
    textOfStream: (text) =>
      dataOf(text)
        .map((chunk) => chunk.choices?.[0]?.delta?.content ?? '')
        .join(''),
    terminator: /data: \[DONE\]\n\n/,
  },
  anthropic: {
    path: () => '/v1/messages',
    body: (model, stream) => ask(model, { stream, max_tokens: 100 }),
    textOf: (json) => json.content[0].text,
    usageOf: ({ usage }) => [usage.input_tokens, usage.output_tokens],
    textOfStream: (text) =>
      dataOf(text)
        .map((data) => data.delta?.text ?? '')
        .join(''),
    terminator: /event: message_stop\ndata: .*\n\n/,
  },
  gemini: {
    path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
    textOf: (json) => json.candidates[0].content.parts[0].text,
    usageOf: ({ usageMetadata }) => [usageMetadata.promptTokenCount, usageMetadata.candidatesTokenCount],
    textOfStream: (text) =>
      dataOf(text)
        .map((data) => data.candidates?.[0]?.content?.parts?.[0]?.text ?? '')
        .join(''),
    terminator: /"finishReason":\s*"STOP"/,
  },
  responses: {
    path: () => '/v1/responses',
    body: (model, stream) => ({ model, stream, input: 'Hello' }),
    textOf: (json) => json.output[0].content[0].text,
    usageOf: ({ usage }) => [usage.input_tokens, usage.output_tokens],
    textOfStream: (text) =>
      dataOf(text)
        .map((data) => (data.type === 'response.output_text.delta' ? data.delta : ''))
        .join(''),
    terminator: /event: response.completed\ndata: .*\n\n/,
  },
  completions: {
    path: () => '/v1/completions',
    body: (model, stream) => ({ model, prompt: 'Hello', stream }),
    textOf: (json) => json.choices[0].text,
    usageOf: ({ usage }) => [usage.prompt_tokens, usage.completion_tokens],
    textOfStream: (text) =>
      dataOf(text)
        .map((chunk) => chunk.choices?.[0]?.text ?? '')
        .join(''),
    terminator: /data: \[DONE\]\n\n/,
  },
  cohere: {
    path: () => '/v2/chat',
    body: (model, stream) => ask(model, { stream }),
    textOf: (json) => json.message.content[0].text,
    usageOf: ({ usage }) => [usage.billed_units.input_tokens, usage.billed_units.output_tokens],
    textOfStream: (text) =>
      dataOf(text)
        .map((data) => data.delta?.message?.content?.text ?? '')
        .join(''),
    terminator: /event: message-end\ndata: .*\n\n/,
  },
  ollama: {
    path: () => '/api/chat',
    // Streaming is the default of this dialect.
    body: (model, stream) => ask(model, stream ? {} : { stream }),
    textOf: (json) => json.message.content,
    usageOf: (json) => [json.prompt_eval_count, json.eval_count],
    textOfStream: (text) =>
      linesOf(text)
        .map((line) => line.message.content)
        .join(''),
    terminator: /"done":true,.*\n$/,
  },
  bedrock: {
    path: (model, stream) => `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
    body: () => ({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }),
    textOf: (json) => json.output.message.content[0].text,
    usageOf: ({ usage }) => [usage.inputTokens, usage.outputTokens],
    textOfStream: (text) =>
      framesOf(text)
        .map(({ type, body }) => (type === 'contentBlockDelta' ? body.delta.text : ''))
        .join(''),
    terminator: /messageStop.*:event-type\W+metadata/s,
  },
};

const FRAMING: Readonly<Record<string, string>> = {
  ollama: 'application/x-ndjson',
  bedrock: 'application/vnd.amazon.eventstream',
};

describe('every caller reaches every provider over the wire', async () => {
  for (const from of Object.keys(CALLERS) as (keyof typeof CALLERS)[]) {
    for (const to of PROVIDER_NAMES) {
      it(`${from} to ${to}, whole`, async (t) => {
        const providers = await startProviders(t);
        const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
        providers[to].otherwise(ANSWERS[to].whole);
        const { path, body, textOf, usageOf } = CALLERS[from];
        const answer = await post(gateway, path(`to-${to}`, false), body(`to-${to}`, false));
        assert.equal(answer.status, 200, answer.text);
        assert.equal(textOf(answer.json), 'Hi there');
        assert.deepEqual(usageOf(answer.json), [9, 3]);
        assert.equal(answer.headers.get('x-signalbox-target'), `only-${to}/${to}`);
        assert.equal(answer.headers.get('x-signalbox-route'), `to-${to}`);
        assert.equal(answer.headers.get('x-signalbox-provider'), `up-${to}`);
        assert.equal(answer.headers.get('x-signalbox-model'), `up-${to}/model`);
        assert.equal(answer.headers.get('x-signalbox-attempts'), '1');
        assert.equal(answer.headers.get('x-signalbox-fallback'), null);
        // 9 tokens at 1 USD and 3 at 10 USD a million.
        assert.equal(answer.headers.get('x-signalbox-cost-usd'), '0.000039');
      });

      it(`${from} to ${to}, streaming`, async (t) => {
        const providers = await startProviders(t);
        const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
        providers[to].otherwise(ANSWERS[to].stream);
        const { path, body, textOfStream, terminator } = CALLERS[from];
        const answer = await post(gateway, path(`to-${to}`, true), body(`to-${to}`, true));
        assert.equal(answer.status, 200, answer.text);
        const type = FRAMING[from];
        assert.equal(answer.headers.get('content-type'), type ?? 'text/event-stream; charset=utf-8');
        assert.equal(textOfStream(answer.text), 'Hi there');
        assert.match(answer.text, terminator);
        assert.equal(answer.headers.get('x-signalbox-cost-usd'), null, 'the cost is not known at the head');
        if (type !== undefined) assert.equal(answer.headers.get('trailer'), 'x-signalbox-cost-usd, x-signalbox-lost');
        else assert.match(answer.text, /^: x-signalbox-cost-usd=0\.000039$/m);
      });
    }
  }

  it('a Gemini caller without alt=sse gets one JSON array, with the cost as a trailer', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    for (const to of PROVIDER_NAMES) {
      providers[to].otherwise(ANSWERS[to].stream);
      const answer = await post(
        gateway,
        `/v1beta/models/to-${to}:streamGenerateContent`,
        CALLERS.gemini.body('', true),
      );
      assert.equal(answer.headers.get('content-type'), 'application/json');
      assert.equal(answer.headers.get('trailer'), 'x-signalbox-cost-usd, x-signalbox-lost');
      assert.equal(answer.json.map(CALLERS.gemini.textOf).join(''), 'Hi there');
    }
  });

  it('a model in a Gemini path may hold a slash, raw or escaped', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.openai.otherwise(OPENAI.whole);
    for (const model of ['up-openai/model', 'up-openai%2Fmodel']) {
      const answer = await post(gateway, `/v1beta/models/${model}:generateContent`, CALLERS.gemini.body('', false));
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers.get('x-signalbox-model'), 'up-openai/model');
    }
  });

  it('a path that a route names speaks the dialect the route names', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.openai.otherwise(OPENAI.whole);
    const answer = await post(gateway, '/api/ai/faq', ask('anything'));
    assert.equal(answer.json.choices[0].message.content, 'Hi there');
    assert.equal(answer.headers.get('x-signalbox-route'), 'custom');
  });
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
function dataOf(text: string): any[] {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]');
  return lines.map((line) => JSON.parse(line.slice(6)));
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
function framesOf(text: string): { readonly type: string; readonly body: any }[] {
  const framer = createAwsFramer();
  return framer
    .push(Buffer.from(text, 'latin1'))
    .map(({ event, data }) => ({ type: event, body: JSON.parse(data ?? '') }));
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
function linesOf(text: string): any[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}
