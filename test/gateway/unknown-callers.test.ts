import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, it, type TestContext } from 'node:test';
import { openRaw, statusesIn } from '../support/raw-connection.ts';
import { KEYS, policyFiles, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';

const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');
const PATHS = ['/v1/chat/completions', '/v1/messages', '/v1beta/models/any:generateContent', '/api/ai/faq'] as const;

describe('a caller whom nobody knows', () => {
  it('is answered before its body is there', async (t) => {
    const gateway = await setUp(t);
    for (const path of PATHS) {
      for (const [name, key, status] of [
        ['no key', '', 401],
        ['an unknown key', `x-api-key: ${KEYS.unknown}\r\n`, 401],
        ['an expired key', `x-api-key: ${KEYS.expired}\r\n`, 403],
        ['a key for another address', `x-api-key: ${KEYS.remote}\r\n`, 403],
        ['an unknown key and a signature', `x-api-key: ${KEYS.unknown}\r\nx-signalbox-signature: 00\r\n`, 401],
      ] as const) {
        for (const length of ['content-length: 33554432', 'transfer-encoding: chunked']) {
          const connection = await openRaw(t, gateway.port);
          connection.send(`POST ${path} HTTP/1.1\r\nhost: g\r\n${key}${length}\r\n\r\n`);
          await connection.whenHas(/\r\n\r\n\{.*\}/);
          assert.deepEqual(statusesIn(connection.text()), [status], `${path}, ${name}`);
          assert.match(connection.text(), /^connection: close/im);
          connection.socket.destroy();
        }
      }
    }
  });

  it('is not asked for the body that it offers to send', async (t) => {
    const gateway = await setUp(t);
    const connection = await openRaw(t, gateway.port);
    const expecting = 'content-length: 33554432\r\nexpect: 100-continue\r\n\r\n';
    connection.send(`POST ${PATHS[0]} HTTP/1.1\r\nhost: g\r\nx-api-key: ${KEYS.unknown}\r\n${expecting}`);
    await connection.whenHas('\r\n\r\n{');
    assert.deepEqual(statusesIn(connection.text()), [401]);
  });

  it('is answered over HTTP/2 too, and its stream ends', async (t) => {
    const gateway = await setUp(t);
    const session = connect(gateway.url);
    t.after(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': PATHS[0], 'x-api-key': KEYS.unknown });
    stream.on('error', () => undefined);
    stream.write(PIECE);
    const [headers] = await once(stream, 'response');
    assert.equal(headers[':status'], 401);
    stream.resume();
    await once(stream, 'close');
  });

  it('fills no memory: fifty at once, each with 32 MiB on its way', async (t) => {
    const gateway = await setUp(t);
    await pour(t, gateway, 1);
    const before = process.memoryUsage();
    const most = { rss: 0 };
    const looking = setInterval(() => {
      most.rss = Math.max(most.rss, process.memoryUsage().rss);
    }, 5);
    const answers = await Promise.all(Array.from({ length: 50 }, () => pour(t, gateway, 32)));
    clearInterval(looking);
    most.rss = Math.max(most.rss, process.memoryUsage().rss);
    for (const { status, isEarly } of answers) assert.deepEqual([status, isEarly], [401, true]);
    const more = Math.round((most.rss - before.rss) / MIB);
    t.diagnostic(`${more} MiB more while 1600 MiB were on their way`);
    assert.ok(more < 100, `${more} MiB more`);
  });
});

describe('a caller whom the gateway knows', () => {
  it('may keep its connection after a refusal, where little is left to come', async (t) => {
    const gateway = await setUp(t);
    const connection = await openRaw(t, gateway.port);
    const unknown = `POST ${PATHS[0]} HTTP/1.1\r\nhost: g\r\nx-api-key: ${KEYS.unknown}\r\ncontent-length: 2\r\n\r\n{}`;
    const known = unknown.replace(KEYS.unknown, KEYS.team);
    connection.send(unknown, known, unknown);
    await connection.whenHas(/(HTTP\/1.1 4\d\d[\s\S]*){3}\}$/);
    assert.deepEqual(statusesIn(connection.text()).length, 3);
  });

  it('keeps its connection where its form is wrong from the beginning, and its rest is small', async (t) => {
    const gateway = await setUp(t);
    const connection = await openRaw(t, gateway.port);
    const head = `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: g\r\nx-api-key: ${KEYS.team}\r\n`;
    connection.send(`${head}content-type: multipart/form-data; boundary=b\r\ncontent-length: 40005\r\n\r\n--bxx`);
    await connection.whenHas('invalid_request');
    connection.send('x'.repeat(40_000), `GET /healthz HTTP/1.1\r\nhost: g\r\n\r\n`);
    await connection.whenHas('"ok"');
    assert.deepEqual(statusesIn(connection.text()), [400, 200]);
  });

  it('that hangs up within its body leaves a record and no bug behind', async (t) => {
    const gateway = await setUp(t);
    for (const type of ['application/json', 'multipart/form-data; boundary=b']) {
      const path = type.startsWith('multipart') ? '/v1/audio/transcriptions' : PATHS[0];
      const connection = await openRaw(t, gateway.port);
      const head = `POST ${path} HTTP/1.1\r\nhost: g\r\nx-api-key: ${KEYS.team}\r\ncontent-type: ${type}\r\n`;
      connection.send(`${head}expect: 100-continue\r\ncontent-length: 5000\r\n\r\n`);
      await connection.whenHas('100 Continue');
      connection.send('--b\r\n');
      connection.socket.resetAndDestroy();
    }
    const statuses = async () => {
      const answer = await fetch(`${gateway.url}/admin/records`, { headers: { authorization: 'Bearer admin' } });
      return ((await answer.json()) as { records: { outcome: { status: number } }[] }).records.map(
        ({ outcome }) => outcome.status,
      );
    };
    while ((await statuses()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await statuses(), [499, 499]);
    assert.deepEqual(
      gateway.logged.filter(({ level }) => level === 'error'),
      [],
    );
  });

  it('is answered 408 where a form never ends', async (t) => {
    const gateway = await setUp(t, { limits: { requestTimeoutMs: 300 } });
    const connection = await openRaw(t, gateway.port);
    const head = `POST /v1/audio/transcriptions HTTP/1.1\r\nhost: g\r\nx-api-key: ${KEYS.team}\r\n`;
    connection.send(`${head}content-type: multipart/form-data; boundary=b\r\ncontent-length: 5000\r\n\r\n--b\r\n`);
    const text = await connection.whenClosed();
    assert.deepEqual(statusesIn(text), [408]);
    assert.match(text, /x-signalbox-error: request_timeout/);
  });
});

async function setUp(t: TestContext, options: Parameters<typeof startTestGateway>[2] = {}): Promise<TestGateway> {
  const providers = await startProviders(t);
  t.after(() => assert.equal(providers.openai.requests.length, 0));
  return startTestGateway(t, policyFiles(providers), {
    ...{ env: SECRETS, environment: 'production', adminToken: 'admin', failedKeys: { burst: 1000 } },
    ...options,
  });
}

/** Sends a body until it is answered; tells whether it was answered before all was sent. */
async function pour(t: TestContext, gateway: TestGateway, mebibytes: number) {
  const connection = await openRaw(t, gateway.port);
  const { socket } = connection;
  const length = mebibytes * MIB;
  socket.write(
    `POST ${PATHS[0]} HTTP/1.1\r\nhost: g\r\nx-api-key: ${KEYS.unknown}\r\ncontent-length: ${length}\r\n\r\n`,
  );
  let sent = 0;
  while (sent < length && !connection.text().includes('\r\n\r\n')) {
    sent += PIECE.length;
    const isTaken = socket.write(PIECE);
    if (!isTaken) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  await connection.whenHas('\r\n\r\n{');
  const [status] = statusesIn(connection.text());
  socket.destroy();
  return { status, isEarly: sent < length };
}
