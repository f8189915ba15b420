import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openRaw, type RawConnection, statusesIn } from '../support/raw-connection.ts';
import { ask, KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const PATH = '/v1/chat/completions';
const KEY = `authorization: Bearer ${KEYS.team}\r\n`;
const BODY = JSON.stringify(ask('to-openai'));
const LENGTH = `content-length: ${BODY.length}\r\n`;
const HEAD = `POST ${PATH} HTTP/1.1\r\nhost: gateway\r\n${KEY}content-type: application/json\r\n`;
const GOOD = `${HEAD}${LENGTH}\r\n${BODY}`;
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

/** What is no request, and the status of its refusal. The connection ends with each. */
const REFUSED: readonly (readonly [string, number, string])[] = [
  ['a length and chunks', 400, `${HEAD}${LENGTH}transfer-encoding: chunked\r\n\r\n${chunk(BODY)}0\r\n\r\n`],
  ['chunks and a length', 400, `${HEAD}transfer-encoding: chunked\r\n${LENGTH}\r\n${chunk(BODY)}0\r\n\r\n`],
  ['chunks under a coding that is unknown', 400, `${HEAD}transfer-encoding: xchunked\r\n\r\n${chunk(BODY)}0\r\n\r\n`],
  [
    'chunks that are not the last coding',
    400,
    `${HEAD}transfer-encoding: chunked, gzip\r\n\r\n${chunk(BODY)}0\r\n\r\n`,
  ],
  ['chunks twice', 400, `${HEAD}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`],
  ['a coding in a folded line', 400, `${HEAD}transfer-encoding:\r\n chunked\r\n${LENGTH}\r\n0\r\n\r\n`],
  ['a coding after a blank before the colon', 400, `${HEAD}transfer-encoding : chunked\r\n${LENGTH}\r\n0\r\n\r\n`],
  ['two lengths', 400, `${HEAD}${LENGTH}content-length: 5\r\n\r\n${BODY}`],
  ['the same length twice', 400, `${HEAD}${LENGTH}${LENGTH}\r\n${BODY}`],
  ['a list of lengths', 400, `${HEAD}content-length: ${BODY.length}, ${BODY.length}\r\n\r\n${BODY}`],
  ['a length with a sign', 400, `${HEAD}content-length: +${BODY.length}\r\n\r\n${BODY}`],
  ['a length in hexadecimal', 400, `${HEAD}content-length: 0x10\r\n\r\n${BODY}`],
  ['a length beyond 64 bits', 400, `${HEAD}content-length: 99999999999999999999999\r\n\r\n`],
  ['a folded header', 400, `${HEAD}x-note: one\r\n two\r\n${LENGTH}\r\n${BODY}`],
  ['a chunk size that is no number', 400, `${CHUNKED}zz\r\n${BODY}\r\n0\r\n\r\n`],
  ['a negative chunk size', 400, `${CHUNKED}-1\r\n${BODY}\r\n0\r\n\r\n`],
  ['a chunk size beyond 64 bits', 400, `${CHUNKED}fffffffffffffffff\r\n${BODY}`],
  ['a chunk that is longer than it says', 400, `${CHUNKED}3\r\n${BODY}\r\n0\r\n\r\n`],
  ['a chunk size with blanks', 400, `${CHUNKED}3 ;a\r\n{}\n\r\n0\r\n\r\n`],
  ['lines that end in line feeds alone', 400, GOOD.replaceAll('\r\n', '\n')],
  ['one header that ends in a line feed alone', 400, `${HEAD}x-note: one\n${LENGTH}\r\n${BODY}`],
  ['a carriage return within a header', 400, `${HEAD}x-note: one\rtwo\r\n${LENGTH}\r\n${BODY}`],
  ['a null byte in a header', 400, `${HEAD}x-note: one\0two\r\n${LENGTH}\r\n${BODY}`],
  ['a null byte in the path', 400, GOOD.replace(PATH, `${PATH}\0`)],
  ['a null byte in a name', 400, `${HEAD}x-no\0te: one\r\n${LENGTH}\r\n${BODY}`],
  ['a header without a name', 400, `${HEAD}: one\r\n${LENGTH}\r\n${BODY}`],
  ['no host', 400, GOOD.replace('host: gateway\r\n', '')],
  ['a version that is not spoken', 400, GOOD.replace('HTTP/1.1', 'HTTP/9.9')],
  ['a method that is none', 400, GOOD.replace('POST', 'P()ST')],
  ['TLS', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['nothing but bytes', 400, '\xff\xfe\0\0'.repeat(50)],
  ['headers beyond 16 KiB', 431, `${HEAD}x-note: ${'x'.repeat(20_000)}\r\n${LENGTH}\r\n${BODY}`],
  ['a path beyond 16 KiB', 431, GOOD.replace(PATH, `${PATH}?${'x'.repeat(20_000)}`)],
];

describe('what is no request', () => {
  it('is refused with its connection, and reaches no provider', async (t) => {
    const { gateway, providers } = await setUp(t);
    for (const [name, status, bytes] of REFUSED) {
      const connection = await openRaw(t, gateway.port);
      connection.send(bytes);
      const text = await connection.whenClosed();
      assert.deepEqual(statusesIn(text), [status], `${name}: ${text.slice(0, 300)}`);
      // Node answers a missing host by itself, without a body.
      if (name !== 'no host') assertRefusal(text, name);
    }
    assert.equal(providers.openai.requests.length, 0);
    assert.equal((await post(gateway, PATH, ask('to-openai'), { authorization: `Bearer ${KEYS.team}` })).status, 200);
  });

  it('is refused in the dialect of its path', async (t) => {
    const { gateway } = await setUp(t);
    const connection = await openRaw(t, gateway.port);
    connection.send('POST /v1/messages HTTP/1.1\r\nhost: gateway\r\ncontent-length: x\r\n\r\n');
    const body = JSON.parse((await connection.whenClosed()).split('\r\n\r\n')[1] ?? '');
    assert.deepEqual(
      [body.type, body.error.type, body.error.code],
      ['error', 'invalid_request_error', 'invalid_request'],
    );
  });

  it('is refused where it has more than 200 headers, none of which is left out before', async (t) => {
    const { gateway, providers } = await setUp(t);
    const many = (count: number) => Array.from({ length: count }, (_, at) => `x-${at}: 1\r\n`).join('');
    const connection = await openRaw(t, gateway.port);
    connection.send(`${HEAD}${LENGTH}${many(1000)}\r\n${BODY}`);
    await connection.whenHas('\r\n\r\n{');
    assert.deepEqual(statusesIn(connection.text()), [431]);
    assert.match(connection.text(), /x-signalbox-error: request_too_large/);
    assert.equal(providers.openai.requests.length, 0);
    // Host, key, type and length are four.
    assert.deepEqual(await answersTo(t, gateway.port, `${HEAD}${LENGTH}${many(196)}\r\n${BODY}`, 1), [200]);
  });

  it('tells nothing of what was sent, in the answer or in the log', async (t) => {
    const { gateway } = await setUp(t);
    const connection = await openRaw(t, gateway.port);
    connection.send(`${HEAD}heron-at-dusk\0: 1\r\n\r\n`);
    const text = await connection.whenClosed();
    assert.ok(!text.includes('heron') && !JSON.stringify(gateway.logged).includes('heron'));
  });
});

describe('a connection that is slow', () => {
  const LIMITS = { headersTimeoutMs: 300, requestTimeoutMs: 600 };

  it('is closed where the head of its request does not come to an end', async (t) => {
    const { gateway } = await setUp(t, { limits: LIMITS });
    const connection = await openRaw(t, gateway.port);
    connection.send(`POST ${PATH} HTTP/1.1\r\nhost: gateway\r\n`);
    const dripping = setInterval(() => connection.send('x-drip: 1\r\n'), 50);
    t.after(() => clearInterval(dripping));
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [408], text);
    assertRefusal(text, 'slow head');
  });

  it('is closed where it says nothing at all', async (t) => {
    const { gateway } = await setUp(t, { limits: LIMITS });
    const connection = await openRaw(t, gateway.port);
    assert.equal(await connection.whenClosed(), '');
  });

  for (const [name, head, code] of [
    ['a length', `${HEAD}content-length: 5000\r\n\r\n{"model"`, /"code":"request_timeout"/],
    ['chunks', `${CHUNKED}5\r\n{"mod`, /"code":"request_timeout"/],
    [
      'Anthropic’s shape',
      `POST /v1/messages HTTP/1.1\r\nhost: gateway\r\n${KEY}content-length: 5000\r\n\r\n{"model"`,
      /"type":"error".*"code":"request_timeout"/,
    ],
  ] as const) {
    it(`is answered 408 in its dialect where its body never ends: ${name}`, async (t) => {
      const { gateway, providers } = await setUp(t, { limits: LIMITS });
      const connection = await openRaw(t, gateway.port);
      connection.send(head);
      const text = await connection.whenClosed();
      assert.deepEqual(statusesIn(text), [408], text);
      assert.match(text, /x-signalbox-error: request_timeout/);
      assert.match(text, code);
      assert.equal(providers.openai.requests.length, 0);
    });
  }

  it('is not closed because its answer takes longer than a request may', async (t) => {
    const { gateway, providers } = await setUp(t, { limits: LIMITS });
    const more = Promise.withResolvers<void>();
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, { wait: more.promise }, 'data: [DONE]\n\n'] });
    const connection = await openRaw(t, gateway.port);
    connection.send(streamed());
    await connection.whenHas('Hi');
    await new Promise((resolve) => setTimeout(resolve, 2 * LIMITS.requestTimeoutMs));
    more.resolve();
    await connection.whenHas('[DONE]');
    assert.deepEqual(statusesIn(connection.text()), [200]);
  });
});

describe('a second request on the connection of a running answer', () => {
  const BROKEN = 'GET / HTTP/1.1\r\nbroken header\r\n\r\n';

  it('does not write its refusal into the running stream', async (t) => {
    const { gateway, providers } = await setUp(t);
    const more = Promise.withResolvers<void>();
    const stream = OPENAI.stream.chunks ?? [];
    providers.openai.enqueue({ chunks: [...stream.slice(0, 2), { wait: more.promise }, ...stream.slice(2)] });
    const connection = await openRaw(t, gateway.port);
    connection.send(streamed());
    await connection.whenHas('"Hi"');
    connection.send(BROKEN, BROKEN);
    // The gateway has read it once it has answered somebody who came later.
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
    more.resolve();
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [200]);
    assert.match(text, /there/);
    assert.ok(text.endsWith('data: [DONE]\n\n\r\n0\r\n\r\n'), JSON.stringify(text.slice(-200)));
  });

  it('is not answered before the first, whose answer says that the connection ends', async (t) => {
    const { gateway, providers } = await setUp(t);
    const more = Promise.withResolvers<void>();
    providers.openai.enqueue({ ...OPENAI.whole, before: { wait: more.promise } });
    const connection = await openRaw(t, gateway.port);
    connection.send(GOOD, BROKEN);
    await providers.openai.whenRequested(1);
    more.resolve();
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [200]);
    assert.match(text, /connection: close/i);
  });

  it('is answered after the first where it is whole, and closes it where its body is broken', async (t) => {
    const { gateway, providers } = await setUp(t);
    const more = Promise.withResolvers<void>();
    providers.openai.enqueue({ ...OPENAI.whole, before: { wait: more.promise } }, OPENAI.whole);
    const connection = await openRaw(t, gateway.port);
    connection.send(GOOD, GOOD, `${CHUNKED}zz\r\n`);
    await providers.openai.whenRequested(2);
    more.resolve();
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [200, 200]);
  });

  it('closes the stream where it never comes to its end', async (t) => {
    const { gateway, providers } = await setUp(t, { limits: { headersTimeoutMs: 200, requestTimeoutMs: 200 } });
    const more = Promise.withResolvers<void>();
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, { wait: more.promise }, 'data: [DONE]\n\n'] });
    const connection = await openRaw(t, gateway.port);
    connection.send(streamed(), 'POST / HTTP/1.1\r\nhost: gate');
    await connection.whenHas('Hi');
    await new Promise((resolve) => setTimeout(resolve, 600));
    more.resolve();
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [200]);
    assert.ok(text.includes('[DONE]'));
  });
});

describe('what is HTTP, though seldom', () => {
  it('is answered: HTTP/1.0, absolute URLs, pieces of single bytes, a connection used again', async (t) => {
    const { gateway } = await setUp(t);
    const { port } = gateway;
    assert.deepEqual(await answersTo(t, port, GOOD.replace('HTTP/1.1', 'HTTP/1.0'), 1), [200]);
    assert.deepEqual(await answersTo(t, port, GOOD.replace(PATH, `http://elsewhere.example${PATH}`), 1), [200]);
    assert.deepEqual(await answersTo(t, port, `${CHUNKED}${chunk(BODY)}0\r\nx-trailer: 1\r\n\r\n`, 1), [200]);
    assert.deepEqual(await answersTo(t, port, GOOD + GOOD + GOOD, 3), [200, 200, 200]);
    const slow = await openRaw(t, port);
    slow.socket.setNoDelay(true);
    for (const byte of GOOD) slow.send(byte);
    await slow.whenHas('Hi there');
  });

  it('is streamed to HTTP/1.0 too, where no trailer can follow', async (t) => {
    const { gateway } = await setUp(t);
    const body = JSON.stringify(ask('to-openai'));
    const head = HEAD.replace(PATH, '/api/chat').replace('HTTP/1.1', 'HTTP/1.0');
    const connection = await openRaw(t, gateway.port);
    connection.send(`${head}content-length: ${body.length}\r\n\r\n${body}`);
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [200], text);
    assert.ok(text.includes('"done":true') && !/^trailer:/im.test(text));
  });

  it('keeps a connection whose request was refused and read whole', async (t) => {
    const { gateway } = await setUp(t);
    const wrong = '{"model": 7}';
    const bad = `${HEAD}content-length: ${wrong.length}\r\n\r\n${wrong}`;
    const missing = 'GET /nothing HTTP/1.1\r\nhost: gateway\r\n\r\n';
    assert.deepEqual(await answersTo(t, gateway.port, bad + missing + GOOD, 3), [400, 404, 200]);
  });

  it('sends 100 Continue to who asks for it', async (t) => {
    const { gateway } = await setUp(t);
    const connection = await openRaw(t, gateway.port);
    connection.send(`${HEAD}${LENGTH}expect: 100-continue\r\n\r\n`);
    await connection.whenHas('100 Continue\r\n\r\n');
    connection.send(BODY);
    await connection.whenHas('Hi there');
    assert.deepEqual(statusesIn(connection.text()), [100, 200]);
  });

  it('refuses other expectations', async (t) => {
    const { gateway } = await setUp(t);
    assert.deepEqual(await answersTo(t, gateway.port, `${HEAD}${LENGTH}expect: nothing\r\n\r\n${BODY}`, 1), [417]);
  });
});

describe('other spellings of a path', () => {
  it('meet the same route', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const deny = `apiVersion: signalbox/v1
kind: Route
metadata: { name: closed }
spec: { match: { paths: [${PATH}, /api/ai/faq, "/v1beta/models/to-openai:generateContent"] }, deny: { status: 403, message: closed } }
`;
    const gateway = await startTestGateway(t, policyFiles(providers, { 'closed.yaml': deny }), { env: SECRETS });
    const gemini = '/v1beta/models/to-openai:generateContent';
    for (const [path, status] of [
      [PATH, 403],
      ['/v1/%63hat/completions', 403],
      ['/%761/chat/completions', 403],
      [`http://elsewhere.example${PATH}`, 403],
      [`HTTPS://elsewhere.example:99${PATH}?a=b`, 403],
      [`${PATH}?`, 403],
      [`${PATH}#part`, 403],
      ['/v1//chat/completions', 404],
      ['/v1/./chat/completions', 404],
      ['/v1/chat/completions/', 404],
      ['/v1/chat/completions%2f', 404],
      ['/v1/chat;a=b/completions', 404],
      ['/V1/CHAT/COMPLETIONS', 404],
      ['//v1/chat/completions', 404],
      ['/api/ai/faq', 403],
      ['http://elsewhere.example/api/ai/faq', 403],
      ['/api/ai/f%61q', 404],
      [gemini, 403],
      [gemini.replace('to-openai', 'to%2Dopenai'), 403],
      ['/v1%62eta/models/to-openai:generateContent', 404],
      [`http://elsewhere.example${gemini}`, 403],
    ] as const) {
      const statuses = await answersTo(t, gateway.port, GOOD.replace(PATH, path), 1);
      assert.deepEqual(statuses, [status], path);
    }
    assert.equal(providers.openai.requests.length, 0);
  });
});

describe('a body that is packed', () => {
  it('is refused unread and unpacked, whatever it says it is', async (t) => {
    const { gateway, providers } = await setUp(t);
    const block = gzipSync(Buffer.alloc(16 * 1024 * 1024));
    const bomb = Buffer.concat(Array<Buffer>(64).fill(block));
    for (const encoding of ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'identity, gzip', 'GZIP', 'none']) {
      const connection = await openRaw(t, gateway.port);
      const before = process.memoryUsage().rss;
      connection.send(`${HEAD}content-encoding: ${encoding}\r\ncontent-length: ${bomb.length}\r\n\r\n`, bomb);
      await connection.whenHas('"code":"invalid_request"');
      assert.deepEqual(statusesIn(connection.text()), [400], encoding);
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024, encoding);
      connection.socket.destroy();
    }
    assert.equal(providers.openai.requests.length, 0);
  });
});

describe('a body that is too large', () => {
  const BIG = 'x'.repeat(64 * 1024);

  it('is refused by its length before it is read', async (t) => {
    const { gateway } = await setUp(t, { maxBodyBytes: 1024 * 1024 });
    const connection = await openRaw(t, gateway.port);
    connection.send(`${HEAD}content-length: 1048577\r\n\r\n`);
    await connection.whenHas('\r\n\r\n{');
    assert.deepEqual(statusesIn(connection.text()), [413]);
  });

  it('is refused by its chunks as soon as they are too many', async (t) => {
    const { gateway } = await setUp(t, { maxBodyBytes: 1024 * 1024 });
    const connection = await openRaw(t, gateway.port);
    connection.send(CHUNKED);
    for (let n = 0; n < 17; n++) connection.send(chunk(BIG));
    await connection.whenHas('request_too_large');
    assert.deepEqual(statusesIn(connection.text()), [413]);
  });
});

async function setUp(t: TestContext, options: Parameters<typeof startTestGateway>[2] = {}) {
  const providers = await startProviders(t);
  providers.openai.otherwise(({ json }) => (json?.stream === true ? OPENAI.stream : OPENAI.whole));
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, ...options });
  return { gateway, providers };
}

function streamed(): string {
  const body = JSON.stringify(ask('to-openai', { stream: true }));
  return `${HEAD}content-length: ${body.length}\r\n\r\n${body}`;
}

/** The statuses of so many answers to bytes on one connection. */
async function answersTo(t: TestContext, port: number, bytes: string, count: number): Promise<number[]> {
  const connection: RawConnection = await openRaw(t, port);
  connection.send(bytes);
  await connection.whenHas(new RegExp(`(HTTP/1\\.1 \\d{3} [\\s\\S]*?\\r\\n\\r\\n[\\s\\S]*?){${count}}`));
  const statuses = statusesIn(connection.text());
  connection.socket.destroy();
  return statuses;
}

/** A refusal of the gateway's own: code, id, JSON, the end of the connection. */
function assertRefusal(text: string, name: string): void {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  assert.match(head, /^x-signalbox-request-id: req_/m, name);
  assert.match(head, /^x-signalbox-revision: [0-9a-f]{12}/m, name);
  assert.match(head, /^connection: close/m, name);
  assert.equal(typeof JSON.parse(body).error.code, 'string', name);
}
