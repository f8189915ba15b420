import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SeenRequest } from '../support/scripted-upstream.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';

const MAIL = 'jane.doe@example.com';
const PATHS = ['/v1/audio/transcriptions', '/v1/audio/translations', '/v1/images/edits'];

async function guarded(
  t: Cleanup,
  { stage = ['input', 'output'], ...check }: { readonly stage?: readonly string[]; readonly [option: string]: unknown },
) {
  const providers = await startProviders(t);
  const files = policyFiles(providers, {
    'guarded.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec: ${JSON.stringify({ stage, checks: [{ id: 'mail', check: 'email-address', ...check }] })}
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec:
  match: { models: [guarded] }
  chain: twice
  guardrails: [safe]
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: twice }
spec:
  fallbackOn: [server-error]
  targets: [{ id: first, model: up-openai/model }, { id: second, model: up-responses/model }]
`,
  });
  const gateway = await startTestGateway(t, files, { env: SECRETS });
  async function send(path: string, fields: readonly (readonly [string, string])[], filename = 'a.wav') {
    const form = new FormData();
    form.append('model', 'guarded');
    form.append(path.includes('images') ? 'image' : 'file', new Blob([FILE], { type: 'audio/wav' }), filename);
    for (const [name, value] of fields) form.append(name, value);
    const answer = await fetch(`${gateway.url}${path}`, { method: 'POST', body: form });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
  return { gateway, openai: providers.openai, responses: providers.responses, send };
}

// Bytes of a file are no text: an address in them stays.
const FILE = Buffer.concat([Buffer.alloc(2000, 7), Buffer.from(`${MAIL}\r\n--x`)]);

/** What a provider gets, as a provider would read it. */
async function formOf({ headers, bytes }: SeenRequest): Promise<FormData> {
  const type = String(headers['content-type']);
  return new Response(bytes, { headers: { 'content-type': type } }).formData();
}

describe('the texts of a form', () => {
  for (const path of PATHS) {
    it(`are masked at ${path} for every provider that is tried, and put back into the answer`, async (t) => {
      const { openai, responses, send } = await guarded(t, { action: 'mask', restore: true });
      openai.otherwise({ status: 500, body: { error: { message: 'no' } } });
      responses.otherwise({ body: { text: 'From [EMAIL_1].', data: [] } });
      const { status, text } = await send(path, [
        ['prompt', `A talk by ${MAIL} of 2 o’clock`],
        ['language', 'en'],
      ]);
      assert.equal(status, 200);
      assert.ok(text.includes(MAIL), text);
      for (const { requests } of [openai, responses]) {
        const [seen] = requests;
        assert.ok(seen !== undefined);
        assert.equal(Number(seen.headers['content-length']), seen.bytes.length);
        const form = await formOf(seen);
        assert.equal(form.get('prompt'), 'A talk by [EMAIL_1] of 2 o’clock');
        assert.equal(form.get('language'), 'en');
        const file = form.get(path.includes('images') ? 'image' : 'file') as File;
        assert.deepEqual([file.name, file.type], ['a.wav', 'audio/wav']);
        assert.ok(Buffer.from(await file.arrayBuffer()).equals(FILE));
      }
    });
  }

  it('are refused where the check blocks, before anything is sent', async (t) => {
    const { openai, send } = await guarded(t, { action: 'block' });
    for (const path of PATHS) {
      const { status, headers, text } = await send(path, [['prompt', MAIL]]);
      assert.deepEqual([status, headers.get('x-signalbox-error')], [400, 'guardrail_blocked'], path);
      assert.ok(!text.includes(MAIL));
    }
    assert.equal(openai.requests.length, 0);
  });

  it('are masked where a name comes more than once, each in its place', async (t) => {
    const { openai, send } = await guarded(t, { action: 'mask' });
    openai.otherwise({ body: { text: 'ok' } });
    const words = ['one', MAIL, 'two', `${MAIL} and bob@example.org`, MAIL];
    await send(
      PATHS[0] ?? '',
      words.map((word) => ['include[]', word] as const),
    );
    const [seen] = openai.requests;
    assert.ok(seen !== undefined);
    const form = await formOf(seen);
    assert.deepEqual(form.getAll('include[]'), ['one', '[EMAIL_1]', 'two', '[EMAIL_1] and [EMAIL_2]', '[EMAIL_1]']);
  });

  it('hold the names of files: masked, and refused where the check blocks', async (t) => {
    const masking = await guarded(t, { action: 'mask' });
    masking.openai.otherwise({ body: { text: 'ok' } });
    await masking.send(PATHS[0] ?? '', [], `${MAIL}.wav`);
    const [seen] = masking.openai.requests;
    assert.ok(seen !== undefined);
    assert.ok(
      !seen.bytes.subarray(0, 400).toString('latin1').includes('jane.doe'),
      seen.bytes.toString('latin1', 0, 400),
    );
    const file = (await formOf(seen)).get('file') as File;
    // Providers tell by the ending what they get.
    assert.equal(file.name, '[EMAIL_1].wav');
    assert.ok(Buffer.from(await file.arrayBuffer()).equals(FILE));

    const blocking = await guarded(t, { action: 'block' });
    const { status } = await blocking.send(PATHS[0] ?? '', [], `${MAIL}.wav`);
    assert.equal(status, 400);
    assert.equal(blocking.openai.requests.length, 0);
  });
});

/** Parts that one reader takes for a file or for other words, and another for a text. */
const AMBIGUOUS: Readonly<Record<string, readonly string[]>> = {
  'two dispositions': [
    'content-disposition: form-data; name="x"; filename="a.bin"',
    'content-disposition: form-data; name="prompt"',
  ],
  'a file’s name inside of another parameter': ['content-disposition: form-data; name="prompt"; x="; filename=y"; z'],
  'two names': ['content-disposition: form-data; name="prompt"; name="x"'],
  'a name of a file in the extended form': ['content-disposition: form-data; name="prompt"; filename*=UTF-8\'\'a.bin'],
  'a folded header': ['content-disposition: form-data;', ' name="prompt"; filename="a.bin"'],
  'no disposition of a form': ['content-disposition: attachment; name="prompt"'],
  base64: ['content-disposition: form-data; name="prompt"', 'content-transfer-encoding: base64'],
  'UTF-16': ['content-disposition: form-data; name="prompt"', 'content-type: text/plain; charset=utf-16le'],
};

describe('a part of a form that could be read in two ways', () => {
  for (const [name, lines] of Object.entries(AMBIGUOUS)) {
    it(`is refused with ${name}`, async (t) => {
      const { gateway, openai } = await guarded(t, { action: 'block' });
      const file = 'content-disposition: form-data; name="file"; filename="a.wav"';
      const model = 'content-disposition: form-data; name="model"';
      const parts = [`${model}\r\n\r\nguarded`, `${file}\r\n\r\nRIFF`, `${lines.join('\r\n')}\r\n\r\n${MAIL}`];
      const body = `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`;
      const headers = { 'content-type': 'multipart/form-data; boundary=b' };
      const answer = await fetch(`${gateway.url}${PATHS[0]}`, { method: 'POST', headers, body });
      const text = await answer.text();
      assert.deepEqual([answer.status, answer.headers.get('x-signalbox-error')], [400, 'invalid_request'], text);
      assert.match(text, /a part of the form/);
      assert.equal(openai.requests.length, 0);
    });
  }
});

describe('the boundary of a form', () => {
  const body = `--a\r\ncontent-disposition: form-data; name="x"\r\n\r\n--b\r\n${MAIL}\r\n--a--\r\n`;
  for (const type of [
    'multipart/form-data; boundary=a; boundary=b',
    'multipart/form-data; x="; boundary=a"; boundary=b',
    'multipart/form-data; boundary="a',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="a\\"b"',
    'multipart/form-data',
  ]) {
    it(`is refused as ${type}`, async (t) => {
      const { gateway, openai } = await guarded(t, { action: 'block' });
      const headers = { 'content-type': type };
      const answer = await fetch(`${gateway.url}${PATHS[0]}`, { method: 'POST', headers, body });
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get('x-signalbox-error'), 'invalid_request');
      assert.equal(openai.requests.length, 0);
    });
  }
});

describe('an answer that is no chat', () => {
  it('is judged whole, and by services, whatever its label', async (t) => {
    const { openai, send } = await guarded(t, {
      check: 'required-phrases',
      phrases: ['Recorded with consent'],
      action: 'block',
      stage: ['output'],
    });
    const said = (body: string | object, headers = {}) => openai.enqueue({ body, headers });
    said({ text: 'Recorded with consent. Hello.' });
    assert.equal((await send(PATHS[0] ?? '', [])).status, 200);
    said({ text: 'Hello.' });
    assert.equal((await send(PATHS[0] ?? '', [])).status, 400);
    for (const type of ['text/plain', 'application/x-subrip', 'application/octet-stream']) {
      said('Hello', { 'content-type': type });
      const { status, text } = await send(PATHS[0] ?? '', [['response_format', 'srt']]);
      assert.equal(status, 400, `${type} ${text}`);
    }
  });
});
