import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { CohereClientV2 } from 'cohere-ai';
import OpenAI from 'openai';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { post, startTestGateway, type TestGateway } from './harness.ts';

const VECTORS = [
  [0.5, -0.25],
  [0.125, 1],
];
const inBase64 = (vector: readonly number[]) => Buffer.from(new Float32Array(vector).buffer).toString('base64');

/** What the providers of the catalogue answer, at their own addresses in these tests. */
const ADDRESSES = { voyage: '/v1', jina: '/v1', cohere: '/v2' } as const;
const POLICIES = `apiVersion: signalbox/v1
kind: Project
metadata: { name: test }
spec: { anonymous: guest, defaults: { timeouts: { total: 5s }, retry: { max: 0, on: [] } } }
---
apiVersion: signalbox/v1
kind: Consumer
metadata: { name: guest }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: all }
spec: { match: {}, unsupportedParams: drop }
---
apiVersion: signalbox/v1
kind: Model
metadata: { name: jina/jina-embeddings-v3 }
spec: { provider: jina, upstreamName: jina-embeddings-v3, capabilities: [embeddings], prices: [{ from: 2026-01-01, input: '0.05', source: test }] }
`;

async function setUp(t: Cleanup, provider: keyof typeof ADDRESSES) {
  const upstream = await startScriptedUpstream();
  t.after(() => upstream.close());
  const moved = `---\napiVersion: signalbox/v1\nkind: Provider\nmetadata: { name: ${provider} }\nspec: { baseUrl: "${upstream.url}${ADDRESSES[provider]}" }\n`;
  const env = { VOYAGE_API_KEY: 'key-of-voyage', JINA_API_KEY: 'key-of-jina', COHERE_API_KEY: 'key-of-cohere' };
  const gateway = await startTestGateway(t, { 'all.yaml': POLICIES + moved }, { env });
  return { upstream, gateway, ...clientsOf(gateway) };
}

function clientsOf(gateway: TestGateway) {
  return {
    openai: new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: gateway.url, retryOptions: { attempts: 1 } } }),
    cohere: new CohereClientV2({ token: 'any', environment: gateway.url, maxRetries: 0 }),
  };
}

/** As both of them answer; Voyage tells the total only. */
function vectorsOf(model: string, usage: object, inText = false) {
  const data = VECTORS.map((vector, index) => ({
    object: 'embedding',
    embedding: inText ? inBase64(vector) : vector,
    index,
  }));
  return { body: { object: 'list', data, model, usage } };
}

function lastOf(upstream: ScriptedUpstream) {
  const seen = upstream.requests.at(-1);
  assert.ok(seen !== undefined);
  return { path: seen.path, key: seen.headers.authorization, json: seen.json };
}

describe('embeddings of Voyage', () => {
  const model = 'voyage-3.5';
  const input = ['one', 'two'];

  it('take their own names for size and purpose, from clients of three APIs, at the price of the catalogue', async (t) => {
    const { upstream, openai, google, cohere } = await setUp(t, 'voyage');
    upstream.otherwise(vectorsOf(model, { total_tokens: 1000 }));
    const seen = { path: '/v1/embeddings', key: 'Bearer key-of-voyage' };
    const asked = { model, input, output_dimension: 256 };

    const { data, response } = await openai.embeddings
      .create({ model, input, dimensions: 256, encoding_format: 'float', user: 'u-1', input_type: 'query' } as never)
      .withResponse();
    assert.deepEqual(
      data.data.map(({ embedding }) => embedding),
      VECTORS,
    );
    // Of the words of OpenAI's client it knows neither `user` nor `float`.
    assert.deepEqual(lastOf(upstream), { ...seen, json: { ...asked, input_type: 'query' } });
    // 1,000 tokens at 0.06 USD per million.
    assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000060');

    const own = {
      texts: input,
      inputType: 'search_document',
      embeddingTypes: ['float'],
      outputDimension: 256,
    } as const;
    const byCohere = await cohere.embed({ ...own, model, texts: input, embeddingTypes: ['float'] });
    assert.deepEqual(byCohere.embeddings.float, VECTORS);
    assert.deepEqual(lastOf(upstream).json, { ...asked, input_type: 'document' });

    const config = { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 256 };
    const byGoogle = await google.models.embedContent({ model, contents: input, config });
    assert.deepEqual(
      byGoogle.embeddings?.map(({ values }) => values),
      VECTORS,
    );
    assert.deepEqual(lastOf(upstream).json, { ...asked, input_type: 'query' });
  });

  it('come as base64 where OpenAI’s client asks for it, as it does by itself', async (t) => {
    const { upstream, openai } = await setUp(t, 'voyage');
    upstream.otherwise(vectorsOf(model, { total_tokens: 8 }, true));
    const answer = await openai.embeddings.create({ model, input });
    assert.deepEqual(
      answer.data.map(({ embedding }) => Array.from(embedding)),
      VECTORS,
    );
    assert.deepEqual(lastOf(upstream).json, { model, input, encoding_format: 'base64' });
  });

  it('keep what only Voyage has', async (t) => {
    const { upstream, gateway } = await setUp(t, 'voyage');
    upstream.otherwise(vectorsOf(model, { total_tokens: 8 }));
    const body = {
      model,
      input,
      input_type: 'document',
      truncation: false,
      output_dtype: 'int8',
      output_dimension: 512,
    };
    assert.equal((await post(gateway, '/v1/embeddings', body)).status, 200);
    assert.deepEqual(lastOf(upstream).json, body);
  });
});

describe('embeddings of Jina', () => {
  it('take their own names, keep what only Jina has, and cost what it reports', async (t) => {
    const { upstream, openai, cohere } = await setUp(t, 'jina');
    const model = 'jina/jina-embeddings-v3';
    const input = ['one', 'two'];
    upstream.otherwise(vectorsOf('jina-embeddings-v3', { total_tokens: 1000, prompt_tokens: 1000 }));
    const own = { task: 'retrieval.query', late_chunking: true, truncate: true };
    const { data, response } = await openai.embeddings
      .create({ model, input, dimensions: 128, encoding_format: 'float', user: 'u-1', ...own } as never)
      .withResponse();
    assert.deepEqual(
      data.data.map(({ embedding }) => embedding),
      VECTORS,
    );
    assert.deepEqual(lastOf(upstream), {
      path: '/v1/embeddings',
      key: 'Bearer key-of-jina',
      json: { model: 'jina-embeddings-v3', input, dimensions: 128, embedding_type: 'float', ...own },
    });
    assert.equal(response.headers.get('x-signalbox-cost-usd'), '0.000050');

    const asked = { inputType: 'search_query', embeddingTypes: ['float'] } as const;
    const byCohere = await cohere.embed({ ...asked, model, texts: input, embeddingTypes: ['float'] });
    assert.deepEqual(byCohere.embeddings.float, VECTORS);
    assert.deepEqual(lastOf(upstream).json, { model: 'jina-embeddings-v3', input });

    upstream.otherwise(vectorsOf('jina-embeddings-v3', { total_tokens: 8, prompt_tokens: 8 }, true));
    const packed = await openai.embeddings.create({ model, input });
    assert.deepEqual(
      packed.data.map(({ embedding }) => Array.from(embedding)),
      VECTORS,
    );
    assert.equal(lastOf(upstream).json.embedding_type, 'base64');
  });
});

describe('rerank', () => {
  const documents = ['Paris is in France.', 'Tokyo is in Japan.'];
  const results = [
    { index: 1, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.1 },
  ];
  const asked = { query: 'Japan', documents };
  const table = [
    {
      provider: 'voyage',
      model: 'rerank-2.5',
      body: { object: 'list', data: results, model: 'rerank-2.5', usage: { total_tokens: 1000 } },
      sent: { path: '/v1/rerank', key: 'Bearer key-of-voyage', json: { model: 'rerank-2.5', ...asked, top_k: 2 } },
      cost: '0.000050',
    },
    {
      provider: 'jina',
      model: 'jina-reranker-v2-base-multilingual',
      body: { model: 'jina-reranker-v2-base-multilingual', results, usage: { total_tokens: 1000 } },
      sent: {
        path: '/v1/rerank',
        key: 'Bearer key-of-jina',
        json: { model: 'jina-reranker-v2-base-multilingual', ...asked, top_n: 2 },
      },
      cost: '0.000018',
    },
    {
      provider: 'cohere',
      model: 'rerank-v3.5',
      body: { id: 'r1', results, meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } } },
      sent: { path: '/v2/rerank', key: 'Bearer key-of-cohere', json: { model: 'rerank-v3.5', ...asked, top_n: 2 } },
      cost: '0.002000',
    },
  ] as const;
  for (const { provider, model, body, sent, cost } of table) {
    it(`reaches ${provider} from Cohere's client and by the plain path, at its price`, async (t) => {
      const { upstream, gateway, cohere } = await setUp(t, provider);
      upstream.otherwise({ body });
      const ranked = await cohere.rerank({ model, ...asked, documents: [...documents], topN: 2 });
      assert.deepEqual(
        ranked.results.map(({ index, relevanceScore }) => [index, relevanceScore]),
        results.map(({ index, relevance_score }) => [index, relevance_score]),
      );
      assert.deepEqual(lastOf(upstream), sent);
      const plain = await post(gateway, '/v1/rerank', { model, ...asked, top_n: 2, return_documents: true });
      assert.deepEqual(
        plain.json.results.map(({ document }: { document: { text: string } }) => document.text),
        [documents[1], documents[0]],
      );
      assert.deepEqual(lastOf(upstream), sent);
      assert.equal(plain.headers.get('x-signalbox-cost-usd'), cost);
    });
  }
});
