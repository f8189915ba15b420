import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { DialectName, ServiceName } from '../../src/core/index.ts';
import { inboundService, outboundService, shapeOfService } from '../../src/dialects/index.ts';
import { requireSharedData } from '../support/skip.ts';

const FOLDER = '../shared/data/wire/_exchanges';

/** Which recorded calls are which service of which dialect. */
const CALLS: readonly (readonly [RegExp, DialectName, ServiceName])[] = [
  [/:batchEmbedContents/, 'gemini', 'batch-embed-contents'],
  [/cohere\.com\/v2\/embed$/, 'cohere-chat', 'embeddings'],
  [/v1\/rerank$/, 'openai-chat', 'rerank'],
  [/v1\/moderations$/, 'openai-chat', 'moderations'],
  [/v1\/images\/generations$/, 'openai-chat', 'image-generation'],
  // Ollama's older /api/embeddings is another call, which it has given up itself.
  [/(?<!\/api)\/embeddings(\?|$)/, 'openai-chat', 'embeddings'],
];

interface Exchange {
  readonly url: string;
  readonly status: number;
  readonly request_body: unknown;
  readonly response_body: unknown;
}

describe('recorded calls that are no chats', () => {
  it('are read as what they ask for, and their answers as what they are', (t) => {
    if (requireSharedData(t, 'wire/_exchanges') === undefined) return;
    let count = 0;
    const broken: string[] = [];
    for (const exchange of exchanges()) {
      const call = CALLS.find(([pattern]) => pattern.test(exchange.url));
      if (call === undefined || exchange.status !== 200) continue;
      count += 1;
      const problem = problemOf(exchange, call[1], call[2]);
      if (problem !== null) broken.push(`${exchange.url}: ${problem}`);
    }
    t.diagnostic(`${count - broken.length} of ${count} recorded calls hold`);
    assert.ok(count >= 30, `only ${count} were found`);
    assert.deepEqual(broken, []);
  });
});

function problemOf(exchange: Exchange, dialect: DialectName, name: ServiceName): string | null {
  const inbound = inboundService(dialect, name);
  const body = bodyOf(exchange.request_body);
  const pathModel = /models\/([^:/]+):/.exec(exchange.url)?.[1] ?? null;
  // Deployments of Azure name their model in the path.
  const asked = dialect === 'openai-chat' ? { model: 'deployment', ...body } : body;
  const request = inbound?.readRequest(asked, { endpoint: 'embeddings', pathModel, pathStream: null, service: name });
  if (request === undefined) return 'no such service';
  if (shapeOfService(request).model === '') return 'no model';
  const outbound = outboundService(dialect, { dialect, name, kind: request.kind });
  const response = outbound?.readResponse(bodyOf(exchange.response_body));
  if (response === undefined || 'reason' in response) return `answer: ${response?.message ?? 'none'}`;
  if (request.kind === 'embeddings' && response.kind === 'embeddings') {
    return request.inputs.length === response.vectors.length ? null : 'as many vectors as texts were expected';
  }
  return null;
}

function bodyOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'string' ? JSON.parse(value) : (value as Readonly<Record<string, unknown>>);
}

function* exchanges(): Iterable<Exchange> {
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl.gz'))) {
    for (const line of gunzipSync(readFileSync(`${FOLDER}/${name}`))
      .toString('utf8')
      .split('\n')) {
      if (/embed|rerank|moderations|images/.test(line.slice(0, 2000))) yield JSON.parse(line);
    }
  }
}
