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

/** A dialect's path, and its bodies that are refused with the field that the answer names. */
const WRONG: readonly (readonly [string, object, RegExp])[] = [
  ['/v1/chat/completions', { messages: SAID }, /messages/],
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 7, name: SAID }] }, /messages\[0\]\.content/],
  ['/v1/messages', { messages: [{ role: SAID, content: 'x' }], max_tokens: 9 }, /messages\[0\]\.role/],
  ['/v1/messages', { messages: [{ role: 'user', content: [SAID] }], max_tokens: 9 }, /messages\[0\]\.content\[0\]/],
  ['/v1beta/models/to-openai:generateContent', { contents: [{ parts: SAID }] }, /contents\[0\]\.parts/],
  ['/v1/responses', { input: [{ role: 'user', content: [SAID] }] }, /input\[0\]\.content\[0\]/],
  ['/v2/chat', { messages: [{ role: SAID, content: 'x' }] }, /messages\[0\]\.role/],
  ['/api/chat', { messages: [{ role: 'user', content: 'x', images: SAID }] }, /messages\[0\]\.images/],
  ['/v1/completions', { prompt: [{ text: SAID }] }, /prompt\[0\]/],
  ['/model/to-openai/converse', { messages: [{ role: 'user', content: SAID }] }, /messages\[0\]\.content/],
];

/** A picture of a megabyte in each dialect that takes one, on a route that takes 64 KiB. */
const PICTURES: readonly (readonly [string, object])[] = [
  [
    '/v1/chat/completions',
    { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PICTURE } }] }] },
  ],
  ['/v1/responses', { input: [{ role: 'user', content: [{ type: 'input_image', image_url: PICTURE }] }] }],
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
  it('wrong types are a 400 that names the field', async (t) => {
    const gateway = await startBusyGateway(t);
    for (const [path, body, field] of WRONG) {
      const model = path === '/v1/messages' || path === '/api/chat' ? 'to-openai' : 'to-anthropic';
      const answer = await post(gateway, path, { model, ...body });
      assert.equal(answer.status, 400, `${path} ${answer.text}`);
      assert.match(answer.text, field, path);
    }
    assertNothingKept(gateway);
  });

  it('10,000 lists in one another are a 400 in every dialect', async (t) => {
    const gateway = await startBusyGateway(t);
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

  it('a body beyond what the gateway takes is told that no route raises that limit', async (t) => {
    const gateway = await startBusyGateway(t);
    const { status, json } = await post(gateway, '/v1/chat/completions', 'x'.repeat(33 * 1024 * 1024));
    assert.equal(status, 413);
    assert.match(json.error.hint, /no route’s `limits\.bodySize` raises this limit/);
    assertNothingKept(gateway);
  });

  it('paths that nobody serves are a 404, and the query is not kept', async (t) => {
    const gateway = await startBusyGateway(t);
    for (const path of ['/v1/nothing', '/v1/messages/nothing', '/v1beta/models/x:nothing', '/v2/nothing']) {
      const answer = await post(gateway, `${path}?key=${SAID}`, { said: SAID });
      assert.equal(answer.status, 404, answer.text);
    }
    assertNothingKept(gateway);
  });
});

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
