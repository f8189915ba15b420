import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadCatalog } from '#catalog';
import type { DialectName, Endpoint, JsonObject } from '#core';
import { createSseFramer, dialectOf, type SseEvent } from '#dialects';
import { targetWith } from '../../dialects/openai-chat/target.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from '../../gateway/harness.ts';
import { OPENAI } from '../../gateway/provider-answers.ts';

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

describe('points of the checklist that have no other case', () => {
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

  it('a temperature beyond the range of Claude is not sent, and that is told', () => {
    const { body, lost } = crossed('anthropic-messages', { temperature: 1.5 });
    assert.ok(body.temperature === undefined || body.temperature <= 1);
    assert.ok(lost.some((path) => path.includes('temperature')) || body.temperature === 1, lost.join());
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
    assert.ok(body.output_config?.format !== undefined);
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
    assert.equal(typeof thinking('gemini-2.5-pro').thinkingBudget, 'number');
    assert.equal(thinking('gemini-2.5-pro').thinkingLevel, undefined);
    assert.equal(typeof thinking('gemini-3-pro-preview').thinkingLevel, 'string');
    assert.equal(thinking('gemini-3-pro-preview').thinkingBudget, undefined);
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
