import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { CohereClientV2 } from 'cohere-ai';
import { Ollama } from 'ollama';
import OpenAI, { toFile } from 'openai';
import { listRecordFiles, readRecords } from '../../src/decision-log/index.ts';
import type { UsageReport } from '../../src/state/index.ts';
import { runVerb } from '../support/run-verb.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { carriedSignature, expectedSignature } from '../upstream/cloud-harness.ts';
import {
  KEYS,
  type ProviderName,
  policyFiles,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';

const VECTORS = [
  [0.5, -0.25],
  [0.125, 1],
];

/** What each kind of provider answers to two texts, hand-made after its public documentation. */
const EMBEDDINGS: Readonly<Partial<Record<ProviderName, { readonly path: string; readonly body: object }>>> = {
  openai: {
    path: '/v1/embeddings',
    body: {
      object: 'list',
      data: VECTORS.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      model: 'up-openai-model',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    },
  },
  gemini: {
    path: '/v1beta/models/up-gemini-model:batchEmbedContents',
    body: { embeddings: VECTORS.map((values) => ({ values })) },
  },
  cohere: {
    path: '/v2/embed',
    body: {
      id: 'e1',
      embeddings: { float: VECTORS },
      texts: ['one', 'two'],
      meta: { api_version: { version: '2' }, billed_units: { input_tokens: 8 } },
    },
  },
  ollama: {
    path: '/api/embed',
    body: { model: 'up-ollama-model', embeddings: VECTORS, prompt_eval_count: 8 },
  },
};

const AGAIN = `apiVersion: signalbox/v1
kind: Chain
metadata: { name: again }
spec:
  targets: [{ id: openai, model: up-openai/model, retry: { max: 1, on: [server-error], initial: 1ms } }]
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: again }
spec: { match: { models: [again] }, chain: again }
`;

async function setUp(t: Cleanup) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
  return { providers, gateway, ...clientsOf(gateway) };
}

function clientsOf(gateway: TestGateway) {
  const apiKey = KEYS.team;
  return {
    openai: new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url, retryOptions: { attempts: 1 } } }),
    cohere: new CohereClientV2({ token: apiKey, environment: gateway.url, maxRetries: 0 }),
    ollama: new Ollama({ host: gateway.url, headers: { authorization: `Bearer ${apiKey}` } }),
  };
}

describe('embeddings', () => {
  for (const [to, { path, body }] of Object.entries(EMBEDDINGS)) {
    it(`reach ${to} from every client that has them`, async (t) => {
      const { providers, openai, google, cohere, ollama } = await setUp(t);
      const server = providers[to as ProviderName];
      server.otherwise({ body });
      const model = `to-${to}`;
      const input = ['one', 'two'];

      const { data, response } = await openai.embeddings
        .create({ model, input, encoding_format: 'float' })
        .withResponse();
      assert.deepEqual(
        data.data.map((item) => item.embedding),
        VECTORS,
      );
      assert.equal(server.requests.at(-1)?.path, path);
      // 8 tokens as reported, 2 as estimated where Gemini tells none, at 1 USD per million.
      assert.equal(response.headers.get('x-signalbox-cost-usd'), to === 'gemini' ? '0.000002' : '0.000008');
      assert.equal(response.headers.get('x-signalbox-target'), `only-${to}/${to}`);

      const embedded = await google.models.embedContent({ model, contents: input });
      assert.deepEqual(
        embedded.embeddings?.map(({ values }) => values),
        VECTORS,
      );
      const byCohere = await cohere.embed({
        model,
        texts: input,
        inputType: 'search_query',
        embeddingTypes: ['float'],
      });
      assert.deepEqual(byCohere.embeddings.float, VECTORS);
      assert.deepEqual((await ollama.embed({ model, input })).embeddings, VECTORS);
    });
  }

  it('come as base64 where the client asks for it, as OpenAI’s does unasked', async (t) => {
    const { providers, openai } = await setUp(t);
    providers.gemini.otherwise({ body: EMBEDDINGS.gemini?.body });
    const { data } = await openai.embeddings.create({ model: 'to-gemini', input: ['one', 'two'] });
    assert.deepEqual(
      data.map(({ embedding }) => embedding),
      VECTORS,
    );
  });

  it('say what they are for in each provider’s words', async (t) => {
    const { providers, google } = await setUp(t);
    providers.cohere.otherwise({ body: EMBEDDINGS.cohere?.body });
    const config = { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 };
    await google.models.embedContent({ model: 'to-cohere', contents: ['one', 'two'], config });
    assert.deepEqual(providers.cohere.requests[0]?.json, {
      model: 'up-cohere-model',
      texts: ['one', 'two'],
      input_type: 'search_query',
      embedding_types: ['float'],
      output_dimension: 256,
    });
  });

  describe('in Bedrock', () => {
    const BEDROCK = `apiVersion: signalbox/v1
kind: Model
metadata: { name: up-bedrock/MODEL }
spec: { provider: up-bedrock, upstreamName: 'ID', capabilities: [embeddings], prices: [{ from: 2026-01-01, input: '1', source: test }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: MODEL }
spec: { match: { models: [up-bedrock/MODEL] } }
`;
    const IDS = {
      titan: 'amazon.titan-embed-text-v2:0',
      first: 'amazon.titan-embed-text-v1',
      cohere: 'us.cohere.embed-v4:0',
      odd: 'amazon.nova-lite-v1:0',
    };

    async function inBedrock(t: Cleanup) {
      const providers = await startProviders(t);
      const files = Object.entries(IDS).map(([name, id]) => [
        `${name}.yaml`,
        BEDROCK.replaceAll('MODEL', name).replace('ID', id),
      ]);
      const gateway = await startTestGateway(t, policyFiles(providers, Object.fromEntries(files)), {
        env: SECRETS,
        environment: 'production',
      });
      return { bedrock: providers.bedrock, ...clientsOf(gateway) };
    }

    it('are Titan’s, one text a call, with the tokens that it reports', async (t) => {
      const { bedrock, openai } = await inBedrock(t);
      const embedding = VECTORS[0];
      bedrock.otherwise({ body: { embedding, inputTextTokenCount: 8, embeddingsByType: { float: embedding } } });
      const asked = { input: 'one', encoding_format: 'float' } as const;
      const { data, response } = await openai.embeddings
        .create({ ...asked, model: 'up-bedrock/titan', dimensions: 256 })
        .withResponse();
      assert.deepEqual(data.data[0]?.embedding, embedding);
      assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000008');
      const [seen] = bedrock.requests;
      assert.equal(seen?.path, '/model/amazon.titan-embed-text-v2%3A0/invoke');
      assert.deepEqual(seen?.json, { inputText: 'one', dimensions: 256 });

      await openai.embeddings.create({ ...asked, model: 'up-bedrock/first' });
      assert.deepEqual(bedrock.requests[1]?.json, { inputText: 'one' });
      const count = bedrock.requests.length;
      await assert.rejects(
        openai.embeddings.create({ model: 'up-bedrock/titan', input: ['a', 'b'] }),
        /one text a call/,
      );
      await assert.rejects(openai.embeddings.create({ model: 'up-bedrock/odd', input: 'a' }), /none of the families/);
      assert.equal(bedrock.requests.length, count, 'nothing is sent that cannot be answered');
    });

    it('are asked for with a signature over the body and the escaped path of an ARN, as AWS would compute it', async (t) => {
      const providers = await startProviders(t);
      const signed = `apiVersion: signalbox/v1
kind: Provider
metadata: { name: aws }
spec:
  dialect: bedrock-converse
  baseUrl: ${providers.bedrock.url}
  auth: { kind: aws, region: eu-west-1, accessKeyId: { env: AWS_KEY }, secret: { env: AWS_SECRET } }
---
${BEDROCK.replaceAll('up-bedrock', 'aws').replaceAll('MODEL', 'titan').replace('ID', 'arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0')}`;
      const env = { ...SECRETS, AWS_KEY: 'AKIAEXAMPLE', AWS_SECRET: 'aws-secret-value' };
      const files = policyFiles(providers, { 'signed.yaml': signed });
      const gateway = await startTestGateway(t, files, { env, environment: 'production' });
      providers.bedrock.otherwise({ body: { embedding: VECTORS[0], inputTextTokenCount: 8 } });
      await clientsOf(gateway).openai.embeddings.create({
        model: 'aws/titan',
        input: 'one — é',
        encoding_format: 'float',
      });
      const [seen] = providers.bedrock.requests;
      assert.ok(seen !== undefined);
      assert.equal(
        seen.path,
        '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A%3Afoundation-model%2Famazon.titan-embed-text-v2%3A0/invoke',
      );
      assert.match(
        String(seen.headers.authorization),
        /Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request/,
      );
      assert.equal(carriedSignature(seen), expectedSignature(seen, 'aws-secret-value'));
    });

    it('are Cohere’s, whose tokens stand in a header', async (t) => {
      const { bedrock, openai, cohere } = await inBedrock(t);
      const headers = { 'x-amzn-bedrock-input-token-count': '8' };
      const model = 'up-bedrock/cohere';
      // With a list of types the vectors come by type, without as a list alone.
      for (const embeddings of [{ float: VECTORS }, VECTORS]) {
        bedrock.enqueue({ headers, body: { id: 'e1', response_type: 'embeddings_floats', embeddings, texts: [] } });
        const { data, response } = await openai.embeddings
          .create({ model, input: ['one', 'two'], encoding_format: 'float' })
          .withResponse();
        assert.deepEqual(
          data.data.map((item) => item.embedding),
          VECTORS,
        );
        assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000008');
      }
      bedrock.otherwise({ headers, body: { embeddings: { float: VECTORS } } });
      const types = { inputType: 'search_query', embeddingTypes: ['float'] } as const;
      await cohere.embed({ model, texts: ['one', 'two'], ...types, embeddingTypes: ['float'] });
      const seen = bedrock.requests.at(-1);
      assert.equal(seen?.path, '/model/us.cohere.embed-v4%3A0/invoke');
      assert.deepEqual(seen?.json, { texts: ['one', 'two'], input_type: 'search_query', embedding_types: ['float'] });
    });
  });

  it('are skipped at a provider that has none, with the reason', async (t) => {
    const { openai } = await setUp(t);
    await assert.rejects(openai.embeddings.create({ model: 'to-anthropic', input: 'one' }), (error: unknown) => {
      assert.ok(error instanceof OpenAI.APIError);
      assert.equal(error.code, 'chain_exhausted');
      assert.match(error.message, /anthropic-messages has no call for embeddings/);
      return true;
    });
  });

  it('of token ids reach no other dialect, even where a route drops what cannot be said', async (t) => {
    const { providers, openai } = await setUp(t);
    providers.cohere.otherwise({ body: EMBEDDINGS.cohere?.body });
    await assert.rejects(openai.embeddings.create({ model: 'to-cohere', input: [1, 2] }), /token ids mean nothing/);
    assert.equal(providers.cohere.requests.length, 0);
  });

  it('fall back like any request, and retry nothing that was answered', async (t) => {
    const { providers, openai } = await setUp(t);
    providers.openai.otherwise({ status: 503, body: { error: { message: 'busy' } } });
    providers.gemini.otherwise({ body: EMBEDDINGS.gemini?.body });
    const { data, response } = await openai.embeddings
      .create({ model: 'any', input: ['one', 'two'], encoding_format: 'float' })
      .withResponse();
    assert.equal(data.data.length, 2);
    assert.equal(response.headers.get('x-signalbox-fallback'), 'server-error');
    assert.equal(response.headers.get('x-signalbox-target'), 'all/gemini');
  });
});

describe('rerank', () => {
  const documents = ['Paris is in France.', 'Tokyo is in Japan.'];
  const results = [
    { index: 1, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.1 },
  ];

  it('goes to Cohere from its own client, and is billed by the search', async (t) => {
    const { providers, cohere } = await setUp(t);
    providers.cohere.otherwise({ body: { id: 'r1', results, meta: { billed_units: { search_units: 1 } } } });
    const answer = await cohere.rerank({ model: 'to-cohere', query: 'Japan', documents, topN: 2 });
    assert.deepEqual(
      answer.results.map(({ index, relevanceScore }) => [index, relevanceScore]),
      [
        [1, 0.9],
        [0, 0.1],
      ],
    );
    const [seen] = providers.cohere.requests;
    assert.equal(seen?.path, '/v2/rerank');
    assert.deepEqual(seen?.json, { model: 'up-cohere-model', query: 'Japan', documents, top_n: 2 });
  });

  it('is written down with what is paid by the piece, so that costs add up from the record alone', async (t) => {
    const price = "{ from: 2026-01-01, input: '0', request: '0.002', image: '0.04', source: test }";
    const model = (name: string) => `apiVersion: signalbox/v1
kind: Model
metadata: { name: up-${name}/pieces }
spec: { provider: up-${name}, upstreamName: pieces, capabilities: [rerank, images], prices: [${price}] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: pieces-${name} }
spec: { match: { models: [up-${name}/pieces] } }
`;
    const providers = await startProviders(t);
    const files = policyFiles(providers, { 'pieces.yaml': `${model('cohere')}---\n${model('openai')}` });
    const gateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production' });
    const { cohere, openai } = clientsOf(gateway);
    providers.cohere.otherwise({ body: { id: 'r1', results, meta: { billed_units: { search_units: 3 } } } });
    await cohere.rerank({ model: 'up-cohere/pieces', query: 'Japan', documents });
    providers.openai.otherwise({ body: { created: 1, data: [{ b64_json: 'aGk=' }, { b64_json: 'aGk=' }] } });
    await openai.images.generate({ model: 'up-openai/pieces', prompt: 'a signal box', n: 2 });
    await gateway.close(0);
    const list = ['usage', '--by', 'model', '--format', 'json'];
    const used = await runVerb(t, list, { env: { SIGNALBOX_DATA_DIR: gateway.dataDir } });
    const { totals, groups } = JSON.parse(used.stdout) as UsageReport;
    assert.deepEqual([totals.images, totals.searchUnits, totals.costMicroUsd], [2, 3, 88_000]);
    assert.deepEqual(
      groups.map(({ key, images, searchUnits }) => [key, images, searchUnits]),
      [
        ['up-openai/pieces', 2, 0],
        ['up-cohere/pieces', 0, 3],
      ],
    );
    const attempts: unknown[] = [];
    const ids: string[] = [];
    for (const { path } of await listRecordFiles(gateway.recordsDirectory ?? '')) {
      for await (const line of readRecords(path)) {
        if (line.kind !== 'record') continue;
        ids.push(line.record.id);
        for (const { images, searchUnits, costMicroUsd } of line.record.attempts ?? []) {
          attempts.push({ images, searchUnits, costMicroUsd });
        }
      }
    }
    assert.deepEqual(attempts, [
      { images: undefined, searchUnits: 3, costMicroUsd: 6_000 },
      { images: 2, searchUnits: undefined, costMicroUsd: 82_000 },
    ]);
    for (const [at, cost] of ['0.006', '0.082'].entries()) {
      const ask = ['explain', ids[at] ?? '', '--policies', gateway.policies, '--env', 'production', '--format', 'json'];
      const { stdout, stderr } = await runVerb(t, ask, { env: { SIGNALBOX_DATA_DIR: gateway.dataDir } });
      const explained = JSON.parse(stdout || stderr);
      assert.deepEqual([explained.record.changes, explained.cost], [[], `${cost} USD`]);
    }
  });

  it('reads answers as Jina and as Voyage write them, and gives documents back itself', async (t) => {
    const { providers, gateway } = await setUp(t);
    for (const body of [
      { model: 'm', results, usage: { total_tokens: 12 } },
      { object: 'list', data: results, model: 'm', usage: { total_tokens: 12 } },
    ]) {
      providers.openai.enqueue({ body });
      const response = await fetch(`${gateway.url}/v1/rerank`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEYS.team}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'to-openai', query: 'Japan', documents, return_documents: true }),
      });
      assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000012');
      const json = (await response.json()) as { readonly results: readonly unknown[] };
      assert.deepEqual(json.results, [
        { ...results[0], document: { text: 'Tokyo is in Japan.' } },
        { ...results[1], document: { text: 'Paris is in France.' } },
      ]);
    }
  });
});

describe('the official OpenAI client', () => {
  it('asks for moderations', async (t) => {
    const { providers, openai } = await setUp(t);
    const results = [{ flagged: true, categories: { hate: true }, category_scores: { hate: 0.9 } }];
    providers.openai.otherwise({ body: { id: 'modr-1', model: 'omni-moderation-latest', results } });
    const answer = await openai.moderations.create({ model: 'to-openai', input: 'some text' });
    assert.equal(answer.results[0]?.flagged, true);
    assert.deepEqual(providers.openai.requests[0]?.json, { model: 'up-openai-model', input: 'some text' });
  });

  it('draws pictures, whole and as events', async (t) => {
    const { providers, openai } = await setUp(t);
    const usage = { input_tokens: 10, output_tokens: 100, total_tokens: 110 };
    providers.openai.enqueue({ body: { created: 1, data: [{ b64_json: 'aGk=' }], usage } });
    const { data, response } = await openai.images
      .generate({ model: 'to-openai', prompt: 'a signal box' })
      .withResponse();
    assert.equal(data.data?.[0]?.b64_json, 'aGk=');
    assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.001010');

    const event = { type: 'image_generation.completed', b64_json: 'aGk=', usage };
    providers.openai.enqueue({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`],
    });
    const stream = await openai.images.generate({ model: 'to-openai', prompt: 'a signal box', stream: true });
    const types: string[] = [];
    for await (const one of stream) types.push(one.type);
    assert.deepEqual(types, ['image_generation.completed']);
  });

  it('sends pictures to be changed', async (t) => {
    const { providers, openai } = await setUp(t);
    providers.openai.otherwise({ body: { created: 1, data: [{ b64_json: 'aGk=' }] } });
    const image = await toFile(Buffer.from('not really a picture'), 'box.png', { type: 'image/png' });
    await openai.images.edit({ image, prompt: 'paint it green', model: 'to-openai' });
    const [seen] = providers.openai.requests;
    assert.equal(seen?.path, '/v1/images/edits');
    const text = seen?.bytes.toString('latin1') ?? '';
    assert.match(text, /name="model"\r\n\r\nup-openai-model\r\n/);
    assert.match(text, /filename="box.png"\r\n(?:.*\r\n)*?\r\nnot really a picture\r\n/);
  });

  it('reads aloud: bytes as they come', async (t) => {
    const { providers, openai } = await setUp(t);
    const sound = Buffer.alloc(300_000, 7);
    providers.openai.otherwise({
      headers: { 'content-type': 'audio/mpeg' },
      chunks: [sound.subarray(0, 1000), sound.subarray(1000)],
    });
    const response = await openai.audio.speech.create({ model: 'to-openai', voice: 'alloy', input: 'Hello there' });
    assert.equal(response.headers.get('content-type'), 'audio/mpeg');
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(sound));
    assert.equal(providers.openai.requests[0]?.json.model, 'up-openai-model');
  });

  it('has recordings written down, as JSON, as subtitles, as events', async (t) => {
    const { providers, openai } = await setUp(t);
    // The file comes first, and is larger than what is kept in memory.
    const file = await toFile(Buffer.alloc(1_000_000, 5), 'talk.mp3', { type: 'audio/mpeg' });
    const usage = { type: 'duration', seconds: 6 };
    providers.openai.enqueue({ body: { text: 'hello', usage } });
    const { data, response } = await openai.audio.transcriptions.create({ file, model: 'to-openai' }).withResponse();
    assert.equal(data.text, 'hello');
    // 6 s at 1000 audio tokens a minute.
    assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000100');
    const [seen] = providers.openai.requests;
    assert.equal(seen?.path, '/v1/audio/transcriptions');
    assert.ok((seen?.bytes.length ?? 0) > 1_000_000);
    assert.equal(Number(seen?.headers['content-length']), seen?.bytes.length);
    assert.match(seen?.bytes.toString('latin1') ?? '', /name="model"\r\n\r\nup-openai-model\r\n/);

    providers.openai.enqueue({ headers: { 'content-type': 'text/plain' }, chunks: ['1\n00:00 --> 00:01\nhello\n'] });
    const subtitles = await openai.audio.transcriptions.create({ file, model: 'to-openai', response_format: 'srt' });
    assert.match(String(subtitles), /00:00 --> 00:01/);

    const done = {
      type: 'transcript.text.done',
      text: 'hello',
      usage: { type: 'tokens', input_tokens: 4, output_tokens: 2 },
    };
    providers.openai.enqueue({
      headers: { 'content-type': 'text/event-stream' },
      chunks: [
        `data: ${JSON.stringify({ type: 'transcript.text.delta', delta: 'hello' })}\n\n`,
        `data: ${JSON.stringify(done)}\n\n`,
      ],
    });
    const stream = await openai.audio.transcriptions.create({ file, model: 'to-openai', stream: true });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    assert.deepEqual(types, ['transcript.text.delta', 'transcript.text.done']);
  });

  it('sends a form again after a failure', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers, { 'again.yaml': AGAIN });
    const { openai } = clientsOf(await startTestGateway(t, files, { env: SECRETS, environment: 'production' }));
    const bytes = Buffer.alloc(600_000, 5);
    providers.openai.enqueue({ status: 500, body: { error: { message: 'no' } } }, { body: { text: 'hello' } });
    const file = await toFile(bytes, 'talk.mp3', { type: 'audio/mpeg' });
    const { text } = await openai.audio.transcriptions.create({ file, model: 'again' });
    assert.equal(text, 'hello');
    const [first, second] = providers.openai.requests;
    assert.ok(first?.bytes.includes(bytes));
    assert.ok(second !== undefined && first?.bytes.equals(second.bytes));
  });
});

describe('the sandbox', () => {
  it('answers every endpoint without a key, the same each time', async (t) => {
    const gateway = await startTestGateway(t, {}, { policies: 'policies' });
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
    const google = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: gateway.url } });
    const cohere = new CohereClientV2({ token: 'any', environment: gateway.url });
    const model = 'sandbox/echo';
    const first = await openai.embeddings.create({ model, input: 'hello', dimensions: 8 });
    const again = await openai.embeddings.create({ model, input: 'hello', dimensions: 8 });
    assert.equal(first.data[0]?.embedding.length, 8);
    assert.deepEqual(first.data, again.data);
    assert.equal((await google.models.embedContent({ model, contents: 'hello' })).embeddings?.length, 1);
    const ranked = await cohere.rerank({ model, query: 'tea in Japan', documents: ['coffee', 'green tea of Japan'] });
    assert.equal(ranked.results[0]?.index, 1);
    const judged = await openai.moderations.create({ model, input: ['hello', 'please flag me'] });
    assert.deepEqual(
      judged.results.map(({ flagged }) => flagged),
      [false, true],
    );
    assert.equal((await openai.images.generate({ model, prompt: 'a dot', n: 2 })).data?.length, 2);
    const speech = await openai.audio.speech.create({ model, voice: 'any', input: 'hello' });
    assert.equal(Buffer.from(await speech.arrayBuffer()).toString('latin1', 0, 4), 'RIFF');
    const file = await toFile(Buffer.alloc(1000), 'talk.wav', { type: 'audio/wav' });
    const heard = await openai.audio.transcriptions.create({ file, model });
    assert.match(heard.text, /heard 1000 bytes/);
  });
});
