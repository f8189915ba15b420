import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  BedrockRuntimeServiceException,
  ConverseCommand,
  ConverseStreamCommand,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
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
import { ANSWERS, BEDROCK } from './provider-answers.ts';

async function setUp(t: Cleanup, more: Readonly<Record<string, string>> = {}) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers, more), { env: SECRETS, environment: 'production' });
  return { providers, gateway };
}

function clientOf(t: Cleanup, gateway: TestGateway, config: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  const client = new BedrockRuntimeClient({
    endpoint: gateway.url,
    region: 'us-east-1',
    maxAttempts: 1,
    token: { token: KEYS.team },
    authSchemePreference: ['httpBearerAuth'],
    ...config,
  });
  t.after(() => client.destroy());
  return client;
}

const messages = [{ role: 'user' as const, content: [{ text: 'Hello' }] }];
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'get_weather',
        inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
      },
    },
  ],
};

describe("AWS's own client of Bedrock", () => {
  for (const to of PROVIDER_NAMES) {
    it(`talks to ${to}: plain, streaming, tools`, async (t) => {
      const { providers, gateway } = await setUp(t);
      const client = clientOf(t, gateway);
      providers[to].enqueue(ANSWERS[to].whole, ANSWERS[to].stream, ANSWERS[to].toolCall, ANSWERS[to].toolStream);
      const modelId = `to-${to}`;

      const answer = await client.send(new ConverseCommand({ modelId, messages }));
      assert.equal(answer.output?.message?.content?.[0]?.text, 'Hi there');
      assert.deepEqual(
        [answer.stopReason, answer.usage?.inputTokens, answer.usage?.outputTokens, answer.usage?.totalTokens],
        ['end_turn', 9, 3, 12],
      );

      let text = '';
      const ends: unknown[] = [];
      const streamed = await client.send(new ConverseStreamCommand({ modelId, messages }));
      for await (const event of streamed.stream ?? []) {
        text += event.contentBlockDelta?.delta?.text ?? '';
        if (event.messageStop !== undefined) ends.push(event.messageStop.stopReason);
        if (event.metadata !== undefined) ends.push(event.metadata.usage?.totalTokens);
      }
      assert.deepEqual([text, ...ends], ['Hi there', 'end_turn', 12]);

      const called = await client.send(new ConverseCommand({ modelId, messages, toolConfig }));
      const call = called.output?.message?.content?.find((block) => block.toolUse !== undefined)?.toolUse;
      assert.deepEqual([called.stopReason, call?.name, call?.input], ['tool_use', 'get_weather', { city: 'Tokyo' }]);

      let name = '';
      let input = '';
      let stop: unknown;
      const calling = await client.send(new ConverseStreamCommand({ modelId, messages, toolConfig }));
      for await (const event of calling.stream ?? []) {
        name += event.contentBlockStart?.start?.toolUse?.name ?? '';
        input += event.contentBlockDelta?.delta?.toolUse?.input ?? '';
        stop = event.messageStop?.stopReason ?? stop;
      }
      assert.deepEqual([name, JSON.parse(input), stop], ['get_weather', { city: 'Tokyo' }, 'tool_use']);
      assertAskedInTurn(providers[to]);
    });
  }

  it('carries a second turn of tool use through to another dialect', async (t) => {
    const { providers, gateway } = await setUp(t);
    providers.openai.enqueue(ANSWERS.openai.whole);
    const turns = [
      ...messages,
      {
        role: 'assistant' as const,
        content: [{ toolUse: { toolUseId: 't1', name: 'get_weather', input: { city: 'Tokyo' } } }],
      },
      { role: 'user' as const, content: [{ toolResult: { toolUseId: 't1', content: [{ json: { degrees: 20 } }] } }] },
    ];
    await clientOf(t, gateway).send(new ConverseCommand({ modelId: 'to-openai', messages: turns, toolConfig }));
    const [seen] = providers.openai.requests;
    assert.deepEqual(seen?.json.messages.slice(1), [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Tokyo"}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: '{"degrees":20}' },
    ]);
  });

  it('reaches a model by its ARN, whose bytes pass as they came', async (t) => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';
    const { providers, gateway } = await setUp(t, {
      'arn.yaml': `apiVersion: signalbox/v1
kind: Model
metadata: { name: up-bedrock/nova }
spec:
  provider: up-bedrock
  upstreamName: "${arn}"
  aliases: ["${arn}", us.amazon.nova-lite-v1:0]
  prices: [{ from: 2020-01-01, input: "1.00", output: "10.00", source: "https://example.com", readAt: 2026-11-01 }]
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: nova }
spec: { match: { models: [up-bedrock/nova] }, limits: { bodySize: 64KiB } }
`,
    });
    providers.bedrock.otherwise(BEDROCK.whole);
    const client = clientOf(t, gateway);
    for (const modelId of [arn, 'us.amazon.nova-lite-v1:0']) {
      const guardrailConfig = { guardrailIdentifier: 'g1', guardrailVersion: '1' };
      await client.send(new ConverseCommand({ modelId, messages, guardrailConfig }));
      const seen = providers.bedrock.requests.at(-1);
      assert.equal(seen?.path, `/model/${encodeURIComponent(arn)}/converse`);
      assert.deepEqual(seen?.json, { messages, guardrailConfig });
      assert.equal(seen?.headers.authorization, 'Bearer bedrock-api-key-up', 'never the caller’s own key');
    }
  });

  it('may give the consumer key as its access key id, where it knows no bearer tokens', async (t) => {
    const { providers, gateway } = await setUp(t);
    providers.bedrock.otherwise(BEDROCK.whole);
    const { token, ...signed } = { token: undefined, credentials: { accessKeyId: KEYS.team, secretAccessKey: 'none' } };
    assert.equal(token, undefined);
    const client = new BedrockRuntimeClient({ endpoint: gateway.url, region: 'us-east-1', maxAttempts: 1, ...signed });
    t.after(() => client.destroy());
    const answer = await client.send(new ConverseCommand({ modelId: 'to-bedrock', messages }));
    assert.equal(answer.stopReason, 'end_turn');
  });

  it('meets its own exceptions: a refused key, a limited provider, a stream that breaks', async (t) => {
    const { providers, gateway } = await setUp(t);
    const stranger = clientOf(t, gateway, { token: { token: KEYS.unknown } });
    await assert.rejects(stranger.send(new ConverseCommand({ modelId: 'to-bedrock', messages })), (error: unknown) => {
      assert.ok(error instanceof BedrockRuntimeServiceException);
      assert.deepEqual([error.name, error.$metadata.httpStatusCode], ['AccessDeniedException', 401]);
      assert.match(error.$metadata.requestId ?? '', /^req_/);
      return true;
    });
    const client = clientOf(t, gateway);
    for (const to of PROVIDER_NAMES) {
      providers[to].enqueue(ANSWERS[to].error(429));
      await assert.rejects(
        client.send(new ConverseCommand({ modelId: `to-${to}`, messages })),
        (error: unknown) => error instanceof ThrottlingException && error.$metadata.httpStatusCode === 429,
        to,
      );
      providers[to].enqueue({ ...ANSWERS[to].stream, chunks: [...ANSWERS[to].firstContent, 'reset'] });
      const { stream } = await client.send(new ConverseStreamCommand({ modelId: `to-${to}`, messages }));
      let text = '';
      await assert.rejects(
        async () => {
          for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? '';
        },
        (error: unknown) => error instanceof BedrockRuntimeServiceException && /broke/.test(error.message),
        to,
      );
      assert.equal(text, 'Hi', to);
    }
  });
});
