import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { createConnection } from 'node:net';
import { describe, it } from 'node:test';
import type { Cleanup } from '../support/temp-directory.ts';
import { ask, policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

async function setUp(t: Cleanup) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
  const session = connect(gateway.url);
  session.on('error', () => undefined);
  t.after(() => session.destroy());
  return { providers, gateway, session };
}

function send(session: ClientHttp2Session, body: object) {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/v1/chat/completions',
    'content-type': 'application/json',
  });
  stream.end(JSON.stringify(body));
  return stream;
}

describe('HTTP/2 without an upgrade, on the same port', () => {
  it('carries many requests on one connection, whole and streamed, beside HTTP/1', async (t) => {
    const { providers, gateway, session } = await setUp(t);
    providers.openai.otherwise(({ json }) => (json.stream === true ? OPENAI.stream : OPENAI.whole));
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const stream = send(session, ask('to-openai', { stream: at % 2 === 0 }));
        const [headers] = await once(stream, 'response');
        let text = '';
        for await (const piece of stream) text += piece;
        return { status: headers[':status'], id: headers['x-signalbox-request-id'], text };
      }),
    );
    for (const { status, text } of answers) assert.deepEqual([status, /Hi/.test(text)], [200, true]);
    assert.equal(new Set(answers.map(({ id }) => id)).size, 20);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });

  it('cancels the provider’s call when the caller hangs up', async (t) => {
    const { providers, session } = await setUp(t);
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'hang'] });
    const stream = send(session, ask('to-openai', { stream: true }));
    await once(stream, 'data');
    stream.close();
    await providers.openai.whenAborted(1);
  });

  it('closes with the gateway, as do connections that have said nothing', async (t) => {
    const { providers, gateway, session } = await setUp(t);
    providers.openai.otherwise(OPENAI.whole);
    const stream = send(session, ask('to-openai'));
    stream.resume();
    await once(stream, 'end');
    const silent = createConnection({ port: gateway.port, host: '127.0.0.1' });
    await once(silent, 'connect');
    silent.resume();
    const closed = Promise.all([once(session, 'close'), once(silent, 'close')]);
    await gateway.close(0);
    await closed;
  });

  it('says how many streams it takes at once', async (t) => {
    const { session } = await setUp(t);
    if (session.connecting || session.remoteSettings.maxConcurrentStreams !== 256)
      await once(session, 'remoteSettings');
    assert.equal(session.remoteSettings.maxConcurrentStreams, 256);
    assert.equal(session.remoteSettings.maxHeaderListSize, 16 * 1024);
  });

  it('is ended alone by a client that resets streams as fast as it opens them', async (t) => {
    const { gateway, session } = await setUp(t);
    session.on('error', () => undefined);
    const ended = new Promise((resolve) => session.once('close', resolve));
    let opened = 0;
    while (opened < 3000 && !session.closed && !session.destroyed) {
      for (let n = 0; n < 100 && !session.closed && !session.destroyed; n++, opened++) {
        const stream = session.request({ ':method': 'POST', ':path': '/v1/chat/completions' });
        stream.on('error', () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
    assert.ok(opened < 3000, `${opened} streams`);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });

  it('is ended alone by a client that breaks the protocol', async (t) => {
    const { gateway } = await setUp(t);
    const socket = createConnection({ port: gateway.port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('PRI * HTTP/2.0\r\n\r\nnothing of the kind');
    await once(socket, 'close');
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
  });
});
