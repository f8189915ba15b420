import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compose } from '../../src/gateway/compose.ts';
import { createServer } from '../../src/gateway/server.ts';
import { chatAnswer, type Script } from '../support/scripted-upstream.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { KEYS, policyFiles, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';

interface Case {
  /** A good body; a form is its fields, each a text or a file. */
  readonly body?: object;
  readonly form?: Readonly<Record<string, string | Blob>>;
  /** Bodies that are not good, with the field that the answer must name. */
  readonly bad: readonly (readonly [object, string])[];
}

const MODEL = 'to-openai';
const messages = [{ role: 'user', content: 'Hello' }];
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }];
const chat: Case = {
  body: { model: MODEL, messages, max_tokens: 9 },
  bad: [
    [{ messages }, 'model'],
    [{ model: MODEL, messages: 'Hello', max_tokens: 9 }, 'messages'],
  ],
};
const file = new Blob([new Uint8Array(2000)], { type: 'audio/wav' });
const recording: Case = { form: { model: MODEL, file, prompt: 'Hello' }, bad: [[{ model: MODEL }, 'file']] };
const picture: Case = {
  form: { model: MODEL, prompt: 'green', image: file },
  bad: [[{ model: MODEL, prompt: 'x' }, 'image']],
};
const ranking: Case = {
  body: { model: MODEL, query: 'tea', documents: ['green tea'] },
  bad: [
    [{ model: MODEL, documents: ['tea'] }, 'query'],
    [{ model: MODEL, query: 'tea', documents: [7] }, 'documents[0]'],
    [{ model: MODEL, query: 'tea', documents: 'tea' }, 'documents'],
    [{ model: MODEL, query: 'tea', documents: ['tea'], top_n: -1 }, 'top_n'],
  ],
};

/** A good body for every path that calls a model: a path without one fails the test below. */
const CASES: Readonly<Record<string, Case>> = {
  '/v1/chat/completions': chat,
  '/v1/messages': chat,
  '/v1/messages/count_tokens': chat,
  '/v2/chat': chat,
  '/api/chat': { ...chat, body: { ...chat.body, stream: false } },
  '/v1/completions': { body: { model: MODEL, prompt: 'Hello' }, bad: [[{ prompt: 'Hello' }, 'model']] },
  '/v1/responses': { body: { model: MODEL, input: 'Hello' }, bad: [[{ input: 'Hello' }, 'model']] },
  '/v1/embeddings': {
    body: { model: MODEL, input: 'Hello' },
    bad: [
      [{ input: 'Hello' }, 'model'],
      [{ model: 7, input: 'Hello' }, 'model'],
      [{ model: MODEL }, 'input'],
      [{ model: MODEL, input: [] }, 'input'],
      [{ model: MODEL, input: ['a', { b: 1 }] }, 'input[1]'],
      [{ model: MODEL, input: [1, 2.5] }, 'input[1]'],
      [{ model: MODEL, input: 'a', dimensions: 'many' }, 'dimensions'],
      [{ model: MODEL, input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    ],
  },
  '/v2/embed': {
    body: { model: MODEL, texts: ['Hello'], input_type: 'search_query', embedding_types: ['float'] },
    bad: [
      [{ model: MODEL, texts: 'Hello' }, 'texts'],
      [{ model: MODEL, texts: ['a', null] }, 'texts[1]'],
    ],
  },
  '/api/embed': { body: { model: MODEL, input: ['Hello'] }, bad: [[{ model: MODEL, input: [[1]] }, 'input[0]']] },
  '/v1/moderations': {
    body: { model: MODEL, input: 'Hello' },
    bad: [
      [{ model: MODEL }, 'input'],
      [{ model: MODEL, input: [7] }, 'input[0]'],
    ],
  },
  '/v1/rerank': ranking,
  '/v2/rerank': ranking,
  '/v1/images/generations': {
    body: { model: MODEL, prompt: 'a dot' },
    bad: [
      [{ model: MODEL }, 'prompt'],
      [{ model: MODEL, prompt: 'a dot', n: 0 }, 'n'],
    ],
  },
  '/v1/images/edits': picture,
  '/v1/images/variations': { ...picture, form: { model: MODEL, image: file }, bad: [[{ model: MODEL }, 'image']] },
  '/v1/audio/speech': {
    body: { model: MODEL, input: 'Hello', voice: 'any' },
    bad: [
      [{ model: MODEL, voice: 'any' }, 'input'],
      [{ model: MODEL, input: ['Hello'] }, 'input'],
    ],
  },
  '/v1/audio/transcriptions': recording,
  '/v1/audio/translations': recording,
  [`/v1beta/models/${MODEL}:generateContent`]: { body: { contents }, bad: [[{ contents: 7 }, 'contents']] },
  [`/v1beta/models/${MODEL}:streamGenerateContent`]: { body: { contents }, bad: [[{ contents: 7 }, 'contents']] },
  [`/v1beta/models/${MODEL}:countTokens`]: { body: { contents }, bad: [] },
  [`/v1beta/models/${MODEL}:embedContent`]: {
    body: { content: contents[0] },
    bad: [
      [{}, 'content'],
      [{ content: { parts: [{ text: 7 }] } }, 'content.parts[0].text'],
    ],
  },
  [`/v1/models/${MODEL}:batchEmbedContents`]: {
    body: { requests: [{ content: contents[0] }] },
    bad: [
      [{ requests: [] }, 'requests'],
      [{ requests: [{ content: contents[0] }, { content: 7 }] }, 'requests[1].content'],
    ],
  },
  '/api/ai/faq': chat,
};

/** Paths that call no model, or that stand for those above. */
const OTHERS = /^\/admin\/|^\*$|^\/v1(beta)?\/models\/\*$/;

/** Paths whose requests hold no text at all: nothing is there that a check could look at. */
const WORDLESS: Readonly<Record<string, string>> = {
  '/v1/images/variations': 'a picture and figures',
};

/** What a provider answers whose words guardrails must find; else why there are none. */
const REPLIES: Readonly<Record<string, Script | string>> = {
  '/v1/embeddings': 'vectors',
  '/v2/embed': 'vectors',
  '/api/embed': 'vectors',
  [`/v1beta/models/${MODEL}:embedContent`]: 'vectors',
  [`/v1/models/${MODEL}:batchEmbedContents`]: 'vectors',
  '/v1/moderations': 'categories and figures',
  '/v1/audio/speech': 'sound',
  '/v1/images/variations': 'pictures',
  [`/v1beta/models/${MODEL}:countTokens`]: 'a figure',
  '/v1/messages/count_tokens': 'a figure',
  '/v1/rerank': 'places and figures; documents are the caller’s own',
  '/v2/rerank': 'places and figures; documents are the caller’s own',
  '/v1/images/generations': { body: { created: 1, data: [{ b64_json: 'AAAA', revised_prompt: 'Farewell' }] } },
  '/v1/images/edits': { body: { created: 1, data: [{ b64_json: 'AAAA', revised_prompt: 'Farewell' }] } },
  '/v1/audio/transcriptions': { body: { text: 'Farewell' } },
  '/v1/audio/translations': { body: { text: 'Farewell' } },
};

describe('every path that calls a model', () => {
  it('is in the table of this file', async (t) => {
    const routes = await routesOf(t);
    assert.ok(routes.length > 20, routes.join(' '));
    const missing = routes.filter((path) => !OTHERS.test(path) && CASES[path] === undefined);
    assert.deepEqual(missing, [], 'give each a good body, so that its admission is tested');
  });

  it('has its request looked at by guardrails, or holds no text', async (t) => {
    const { gateway, openai } = await guarded(t, 'input', ['Hello', 'green', 'tea', 'a dot']);
    for (const [path, test] of Object.entries(CASES)) {
      if (WORDLESS[path] !== undefined) continue;
      const answer = await send(gateway, path, test, {});
      assert.deepEqual([answer.status, answer.error], [400, 'guardrail_blocked'], `${path} ${answer.text}`);
    }
    assert.equal(openai.requests.length, 0);
  });

  it('has its answer looked at by guardrails, or none that has text', async (t) => {
    const { gateway, openai } = await guarded(t, 'output', ['Farewell']);
    for (const [path, test] of Object.entries(CASES)) {
      const reply = REPLIES[path] ?? chatAnswer('Farewell');
      if (typeof reply === 'string') continue;
      openai.otherwise(reply);
      const answer = await send(gateway, path, test, {});
      // A stream says it in an event.
      assert.match(answer.text, /guardrail_blocked/, path);
      assert.doesNotMatch(answer.text, /Farewell/, path);
    }
  });

  it('needs a key, asks the budgets, and is recorded', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers, { 'budget.yaml': EMPTY_BUDGET });
    const gateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production' });
    const cases = Object.entries(CASES);
    let strangersGateway = gateway;
    for (const [at, [path, test]] of cases.entries()) {
      // An address that fails more often is asked to wait before its key is looked at.
      if (at % 15 === 0)
        strangersGateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production' });
      const stranger = await send(strangersGateway, path, test, {});
      assert.deepEqual([stranger.status, stranger.error], [401, 'invalid_api_key'], path);
      const poor = await send(gateway, path, test, { authorization: `Bearer ${KEYS.team}` });
      // Counting tokens costs nothing, but even it is a request.
      assert.deepEqual([poor.status, poor.error], [429, 'rate_limited'], `${path} ${poor.text}`);
      assert.match(poor.requestId, /^req_/);
    }
    for (const server of Object.values(providers)) assert.equal(server.requests.length, 0);
    const directory = gateway.recordsDirectory ?? '';
    await gateway.close(0);
    const records = readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'));
    for (const path of Object.keys(CASES)) {
      const own = records.filter((line) => line.includes(`"path":"${path}"`) && line.includes('"rate_limited"'));
      assert.equal(own.length, 1, path);
    }
  });

  it('refuses what it cannot read with the field’s name, in the caller’s dialect, and logs nothing of it', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    for (const [path, { bad, form }] of Object.entries(CASES)) {
      for (const [body, field] of bad) {
        const secret = 'tell-nobody-4711';
        const asked =
          form === undefined ? { body: { ...body, note: secret } } : { form: body as Record<string, string> };
        const answer = await send(gateway, path, { ...asked, bad: [] }, {});
        const at = `${path} ${JSON.stringify(body)} ${answer.text}`;
        assert.deepEqual([answer.status, answer.error], [400, 'invalid_request'], at);
        assert.ok(answer.text.includes(field), at);
        assert.ok(!answer.text.includes(secret), at);
      }
      for (const raw of ['', '[]', '"text"', '{"model":', `{"input":${'['.repeat(10_000)}${']'.repeat(10_000)}}`]) {
        const answer = await sendRaw(gateway, path, raw, 'application/json');
        assert.deepEqual([answer.status, answer.error], [400, 'invalid_request'], `${path} ${raw.slice(0, 20)}`);
      }
      for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
        const answer = await sendRaw(gateway, path, '--y\r\nno form', type);
        assert.deepEqual([answer.status, answer.error], [400, 'invalid_request'], `${path} ${type}`);
      }
    }
    assert.ok(!JSON.stringify(gateway.logged).includes('tell-nobody'));
    for (const server of Object.values(providers)) assert.equal(server.requests.length, 0);
  });

  it('refuses 50 MB unread, without keeping them', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    for (const [path, { form }] of Object.entries(CASES)) {
      const type = form === undefined ? 'application/json' : 'multipart/form-data; boundary=b';
      assert.equal(await declareHuge(gateway, path, type), 413, path);
    }
  });
});

/** A gateway all of whose routes refuse these words. */
async function guarded(t: Cleanup, stage: string, words: readonly string[]) {
  const providers = await startProviders(t);
  const check = { id: 'words', check: 'deny-words', action: 'block', words };
  const files = policyFiles(providers, {
    'guard.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec: ${JSON.stringify({ stage: [stage], checks: [check] })}
`,
  });
  const routes = (files['routes.yaml'] ?? '').replaceAll(
    /chain: /g,
    'guardrails: [safe], unsupportedParams: drop, chain: ',
  );
  const gateway = await startTestGateway(t, { ...files, 'routes.yaml': routes }, { env: SECRETS });
  return { gateway, openai: providers.openai };
}

const EMPTY_BUDGET = `apiVersion: signalbox/v1
kind: Budget
metadata: { name: used-up }
spec: { scope: { consumers: [team] }, limit: { requests: 0 }, window: { every: day, timezone: UTC }, onExhausted: deny }
`;

/** Every path that takes a POST, as the router has it. */
async function routesOf(t: Cleanup): Promise<readonly string[]> {
  const providers = await startProviders(t);
  const policies = makeTempDirectory(t, policyFiles(providers));
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const dataDir = makeTempDirectory(t);
  const composed = await compose({ policies, environment: 'production', dataDir, env: {}, log });
  try {
    const app = createServer(composed.parts);
    await app.ready();
    const routes: string[] = [];
    const above: string[] = [];
    for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
      const found = /^(.*?)[├└]── (\S+) \((.*)\)/.exec(line);
      if (found === null) continue;
      const depth = (found[1]?.length ?? 0) / 4;
      above.splice(depth, above.length, found[2] ?? '');
      if (found[3]?.includes('POST'))
        routes.push(above[depth - 1]?.endsWith('/models') ? `${above.join('/')}` : above.join(''));
    }
    return routes;
  } finally {
    await composed.close();
  }
}

async function send(gateway: TestGateway, path: string, { body, form }: Case, headers: Record<string, string>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(form ?? {})) data.append(name, value);
  const init =
    form === undefined
      ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
      : { body: data, headers };
  return readAnswer(await fetch(gateway.url + path, { method: 'POST', ...init }));
}

async function sendRaw(gateway: TestGateway, path: string, body: string, type: string) {
  return readAnswer(await fetch(gateway.url + path, { method: 'POST', body, headers: { 'content-type': type } }));
}

async function readAnswer(response: Response) {
  const text = await response.text();
  const { status, headers } = response;
  return {
    status,
    text,
    error: headers.get('x-signalbox-error'),
    requestId: headers.get('x-signalbox-request-id') ?? '',
  };
}

function declareHuge(gateway: TestGateway, path: string, type: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': 50 * 1024 * 1024 };
    const call = httpRequest(gateway.url + path, { method: 'POST', headers }, (response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    call.on('error', (error) => reject(error));
    call.write('x');
  });
}
