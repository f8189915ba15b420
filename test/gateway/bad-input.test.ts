import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  KEYS,
  PROVIDER_NAMES,
  policyFiles,
  post,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';

/** What the callers of this file send, which must come back nowhere. */
const SAID = 'heron-at-dusk';
const BASE64 = Buffer.from(SAID.repeat(80_000)).toString('base64');
const PICTURE = `data:image/png;base64,${BASE64}`;

/** What the caller's own client reads in an error: its message, and the field that it names. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
type ReadError = (json: any) => readonly [message: unknown, field: unknown];

const ofOpenai: ReadError = ({ error }) => {
  assert.equal(error.type, 'invalid_request_error');
  return [error.message, error.param];
};
const ofAnthropic: ReadError = ({ type, error }) => {
  assert.equal(type, 'error');
  assert.match(error.type, /^(?:invalid_request_error|not_found_error|request_too_large)$/);
  return [error.message, error.field ?? null];
};
const ofGemini: ReadError = ({ error }) => {
  assert.match(error.status, /^(?:INVALID_ARGUMENT|NOT_FOUND|OUT_OF_RANGE)$/);
  const violations = error.details.flatMap((detail: { fieldViolations?: object[] }) => detail.fieldViolations ?? []);
  return [error.message, violations[0]?.field ?? null];
};
const ofCohere: ReadError = ({ message, param }) => [message, param];
const ofOllama: ReadError = ({ error, param }) => [error, param];
const ofBedrock: ReadError = ({ __type, message, field }) => {
  assert.match(__type, /^(?:ValidationException|ResourceNotFoundException)$/);
  return [message, field ?? null];
};

/** How a dialect is asked for a model: the path, the fields beside the model, and how its errors are read. */
interface Spoken {
  readonly path: (model: string) => string;
  readonly fields: object;
  readonly readError: ReadError;
}

const TURNS = { messages: [{ role: 'user', content: 'Hello' }] };
const DIALECTS: Readonly<Record<string, Spoken>> = {
  'openai-chat': { path: () => '/v1/chat/completions', fields: TURNS, readError: ofOpenai },
  'openai-responses': { path: () => '/v1/responses', fields: { input: 'Hello' }, readError: ofOpenai },
  'openai-completions': { path: () => '/v1/completions', fields: { prompt: 'Hello' }, readError: ofOpenai },
  'anthropic-messages': { path: () => '/v1/messages', fields: { ...TURNS, max_tokens: 9 }, readError: ofAnthropic },
  gemini: {
    path: (model) => `/v1beta/models/${model}:generateContent`,
    fields: { contents: [{ parts: [{ text: 'Hello' }] }] },
    readError: ofGemini,
  },
  'bedrock-converse': {
    path: (model) => `/model/${model}/converse`,
    fields: { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] },
    readError: ofBedrock,
  },
  'cohere-chat': { path: () => '/v2/chat', fields: TURNS, readError: ofCohere },
  ollama: { path: () => '/api/chat', fields: TURNS, readError: ofOllama },
};

/** A dialect and a body that is refused, with the field that the answer names. */
const WRONG: readonly (readonly [string, object, string])[] = [
  ['openai-chat', { messages: SAID }, 'messages'],
  ['openai-chat', { messages: [{ role: 'user', content: 7, name: SAID }] }, 'messages[0].content'],
  ['openai-chat', { ...TURNS, temperature: SAID }, 'temperature'],
  ['openai-chat', { ...TURNS, stream: SAID }, 'stream'],
  ['openai-responses', { input: [{ role: 'user', content: [SAID] }] }, 'input[0].content[0]'],
  ['openai-responses', { input: 'Hello', max_output_tokens: SAID }, 'max_output_tokens'],
  ['openai-completions', { prompt: [{ text: SAID }] }, 'prompt[0]'],
  ['openai-completions', { prompt: 'Hello', max_tokens: SAID }, 'max_tokens'],
  ['anthropic-messages', { messages: [{ role: SAID, content: 'x' }], max_tokens: 9 }, 'messages[0].role'],
  ['anthropic-messages', { messages: [{ role: 'user', content: [SAID] }], max_tokens: 9 }, 'messages[0].content[0]'],
  ['anthropic-messages', { ...TURNS, max_tokens: SAID }, 'max_tokens'],
  ['gemini', { contents: [{ parts: SAID }] }, 'contents[0].parts'],
  [
    'gemini',
    { contents: [{ parts: [{ text: 'Hello' }] }], generationConfig: { temperature: SAID } },
    'generationConfig.temperature',
  ],
  ['bedrock-converse', { messages: [{ role: 'user', content: SAID }] }, 'messages[0].content'],
  [
    'bedrock-converse',
    { messages: [{ role: 'user', content: [{ text: 'Hello' }] }], inferenceConfig: { maxTokens: SAID } },
    'inferenceConfig.maxTokens',
  ],
  ['cohere-chat', { messages: [{ role: SAID, content: 'x' }] }, 'messages[0].role'],
  ['cohere-chat', { ...TURNS, k: SAID }, 'k'],
  ['ollama', { messages: [{ role: 'user', content: 'x', images: SAID }] }, 'messages[0].images'],
  ['ollama', { ...TURNS, options: { temperature: SAID } }, 'options.temperature'],
];

/** A picture of a megabyte in each dialect that takes one, on a route that takes 64 KiB. */
const PICTURES: readonly (readonly [string, object])[] = [
  [
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PICTURE } }] }] },
  ],
  ['/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: PICTURE }] }] }],
  // It takes no pictures, but nothing keeps a caller from pasting one.
  ['/v1/completions', { prompt: PICTURE }],
  [
    '/v1/messages',
    {
      max_tokens: 9,
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: BASE64 } }],
        },
      ],
    },
  ],
  [
    '/v1beta/models/any:generateContent',
    { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: BASE64 } }] }] },
  ],
  ['/v2/chat', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PICTURE } }] }] }],
  ['/api/chat', { messages: [{ role: 'user', content: 'x', images: [BASE64] }] }],
  [
    '/model/any/converse',
    { messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: BASE64 } } }] }] },
  ],
];

/** A body of every dialect whose end is 10,000 lists in one another. */
const DEEP: readonly (readonly [string, string])[] = [
  ['/v1/chat/completions', '"messages"'],
  ['/v1/responses', '"input"'],
  ['/v1/completions', '"prompt"'],
  ['/v1/messages', '"messages"'],
  ['/v1beta/models/to-openai:generateContent', '"contents"'],
  ['/model/to-openai/converse', '"messages"'],
  ['/v2/chat', '"messages"'],
  ['/api/chat', '"messages"'],
  ['/v1/embeddings', '"input"'],
  ['/v1/rerank', '"documents"'],
];

describe('bad input is refused, and nothing of it is kept', () => {
  it('wrong types are a 400 that names the field, where the caller’s own client looks for it', async (t) => {
    const gateway = await startBusyGateway(t);
    for (const [dialect, body, field] of WRONG) {
      const { path, readError } = spoken(dialect);
      const model = dialect === 'anthropic-messages' || dialect === 'ollama' ? 'to-openai' : 'to-anthropic';
      const answer = await post(gateway, path(model), { model, ...body });
      assert.equal(answer.status, 400, `${dialect} ${answer.text}`);
      assert.equal(readError(answer.json)[1], field, `${dialect} ${answer.text}`);
    }
    assertNothingKept(gateway);
  });

  it('a body that is no JSON object is a 400 in the shape of its dialect', async (t) => {
    const gateway = await startBusyGateway(t);
    for (const { path, readError } of Object.values(DIALECTS)) {
      for (const body of [`{"model":"to-openai","${SAID}":`, `"${SAID}"`, `["${SAID}"]`, 'null', '']) {
        const answer = await post(gateway, path('to-openai'), body);
        assert.equal(answer.status, 400, `${path('m')} ${answer.text}`);
        assert.match(String(readError(answer.json)[0]), /JSON/, path('m'));
        assert.ok(!answer.text.includes(SAID), answer.text);
      }
    }
    assertNothingKept(gateway);
  });

  it('a model that nobody serves is a 404 that names it, in the shape of its dialect', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers);
    const routes = String(files['routes.yaml']).split('---\n').slice(1).join('---\n');
    const gateway = await startTestGateway(t, { ...files, 'routes.yaml': routes }, { env: SECRETS });
    for (const [dialect, { path, fields, readError }] of Object.entries(DIALECTS)) {
      const answer = await post(gateway, path('nobody'), { model: 'nobody', ...fields });
      assert.equal(answer.status, 404, `${dialect} ${answer.text}`);
      const [message, field] = readError(answer.json);
      assert.match(String(message), /model nobody/, dialect);
      assert.equal(field, 'model', dialect);
    }
  });

  it('10,000 lists in one another are a 400 in every dialect', async (t) => {
    const gateway = await startBusyGateway(t);
    const spokenAt = new Map(Object.values(DIALECTS).map((each) => [each.path('to-openai'), each]));
    for (const [path, field] of DEEP) {
      const body = `{"model":"to-openai","max_tokens":9,"query":"${SAID}",${field}:${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
      const response = await fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEYS.team}`, 'content-type': 'application/json' },
        body,
      });
      const text = await response.text();
      assert.equal(response.status, 400, `${path} ${text.slice(0, 200)}`);
      assert.equal(response.headers.get('x-signalbox-error'), 'invalid_request', path);
      assert.ok(text.length < 2000, path);
      const message = spokenAt.get(path)?.readError(JSON.parse(text))[0];
      assert.ok(message === undefined ? !spokenAt.has(path) : typeof message === 'string', path);
    }
    assertNothingKept(gateway);
  });

  it('bytes that are not UTF-8 are a 400, in JSON and in forms: another reader could leave them out', async (t) => {
    const gateway = await startBusyGateway(t);
    const json = Buffer.concat([
      Buffer.from('{"model":"to-openai","messages":[{"role":"user","content":"no'),
      Buffer.from([0xff]),
      Buffer.from('"}]}'),
    ]);
    const field = '--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\nno';
    const form = Buffer.concat([Buffer.from(field), Buffer.from([0xc1, 0x81]), Buffer.from('\r\n--b--\r\n')]);
    for (const [path, type, body] of [
      ['/v1/chat/completions', 'application/json', json],
      ['/v1/audio/transcriptions', 'multipart/form-data; boundary=b', form],
    ] as const) {
      const headers = { authorization: `Bearer ${KEYS.team}`, 'content-type': type };
      const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body });
      assert.equal(response.status, 400, path);
      assert.match(await response.text(), /UTF-8/);
    }
  });

  it('a picture larger than the route takes is a 413 that says how much it takes', async (t) => {
    const gateway = await startBusyGateway(t);
    for (const [path, body] of PICTURES) {
      const answer = await post(gateway, path, { model: 'any', ...body });
      assert.equal(answer.status, 413, `${path} ${answer.text.slice(0, 200)}`);
      assert.equal(answer.headers.get('x-signalbox-error'), 'request_too_large');
      assert.match(answer.text, /65,?536|64 ?KiB/, path);
    }
    assertNothingKept(gateway);
  });

  it('twenty bodies of 50 MB without a length are a 413 each, in bounded memory', async (t) => {
    const gateway = await startBusyGateway(t, 1024 * 1024);
    const before = process.memoryUsage().rss;
    let most = before;
    for (let n = 0; n < 20; n++) {
      assert.equal(await pour(gateway, 50), 413);
      most = Math.max(most, process.memoryUsage().rss);
    }
    // A gateway that took the bodies whole would hold at least one of 50 MB.
    assert.ok(most - before < 48 * 1024 * 1024, `${Math.round((most - before) / 1024 / 1024)} MiB more`);
    assertNothingKept(gateway);
  });

  it('a body larger than the gateway takes is a 413 in the shape of its dialect', async (t) => {
    const gateway = await startBusyGateway(t, 64 * 1024);
    for (const { path, readError } of Object.values(DIALECTS)) {
      const answer = await post(gateway, path('to-openai'), `{"model":"to-openai","x":"${SAID.repeat(10_000)}"}`);
      assert.equal(answer.status, 413, `${path('m')} ${answer.text.slice(0, 200)}`);
      assert.equal(answer.headers.get('x-signalbox-error'), 'request_too_large');
      assert.match(String(readError(answer.json)[0]), /larger/, path('m'));
    }
    assertNothingKept(gateway);
  });

  it('a body beyond what the gateway takes is told that no route raises that limit', async (t) => {
    const gateway = await startBusyGateway(t);
    const { status, json } = await post(gateway, '/v1/chat/completions', 'x'.repeat(33 * 1024 * 1024));
    assert.equal(status, 413);
    assert.match(json.error.hint, /no route’s `limits\.bodySize` raises this limit/);
    assertNothingKept(gateway);
  });

  it('paths that nobody serves are a 404 in the shape of the dialect they are nearest to, and the query is not kept', async (t) => {
    const gateway = await startBusyGateway(t);
    const paths: readonly (readonly [string, ReadError])[] = [
      ['/v1/nothing', ofOpenai],
      ['/v1/chat/nothing', ofOpenai],
      ['/v1/messages/nothing', ofAnthropic],
      ['/v1beta/models/x:nothing', ofGemini],
      ['/v1beta/nothing', ofGemini],
      ['/model/x/nothing', ofBedrock],
      ['/v2/nothing', ofCohere],
      ['/api/generate', ofOllama],
      ['/api/nothing', ofOpenai],
    ];
    for (const [path, readError] of paths) {
      const answer = await post(gateway, `${path}?key=${SAID}`, { said: SAID });
      assert.equal(answer.status, 404, answer.text);
      assert.equal(typeof readError(answer.json)[0], 'string', `${path} ${answer.text}`);
    }
    assertNothingKept(gateway);
  });
});

function spoken(dialect: string): Spoken {
  return DIALECTS[dialect] ?? assert.fail(dialect);
}

async function startBusyGateway(t: Parameters<typeof startTestGateway>[0], maxBodyBytes?: number) {
  const providers = await startProviders(t);
  const options = maxBodyBytes === undefined ? {} : { maxBodyBytes };
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, ...options });
  for (const name of PROVIDER_NAMES) t.after(() => assert.equal(providers[name].requests.length, 0));
  return gateway;
}

/** Sends a body in pieces until it is answered or all is sent; gives the status. */
function pour(gateway: TestGateway, megabytes: number): Promise<number | undefined> {
  const piece = Buffer.alloc(64 * 1024, SAID);
  return new Promise((resolve, reject) => {
    let left = megabytes * 16;
    let status: number | undefined;
    const call = request(`${gateway.url}/v1/chat/completions`, { method: 'POST' }, (response) => {
      status = response.statusCode;
      response.resume();
      resolve(status);
      call.destroy();
    });
    // The gateway may close the connection once it has answered.
    call.on('error', (error) => (status === undefined ? reject(error) : undefined));
    call.setHeader('content-type', 'application/json');
    function write(): void {
      while (left > 0 && !call.destroyed) {
        left--;
        if (!call.write(piece)) return void call.once('drain', write);
      }
      if (left === 0) call.end();
    }
    write();
  });
}

/** Holds that neither the log nor any file of the data folder has what was said. */
function assertNothingKept(gateway: TestGateway): void {
  assert.ok(!JSON.stringify(gateway.logged).includes(SAID), 'the log has it');
  const coded = BASE64.slice(0, 16);
  let files = 0;
  for (const name of readdirSync(gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    files++;
    const text = readFileSync(join(name.parentPath, name.name), 'latin1');
    assert.ok(!text.includes(SAID) && !text.includes(coded), `${name.name} has it`);
  }
  assert.ok(files > 0, 'no file was looked at');
}
