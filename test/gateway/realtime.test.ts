import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import type { Cleanup } from '../support/temp-directory.ts';
import { KEYS, policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';

const DONE = {
  type: 'response.done',
  response: { id: 'r1', status: 'completed', usage: { input_tokens: 100, output_tokens: 50, total_tokens: 150 } },
};

/** A provider's end: answers `response.create`, echoes binary, and closes with the code that it is told. */
async function startRealtime(t: Cleanup, refuseFirst = 0) {
  const seen: IncomingMessage[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    seen.push(request);
    if (seen.length <= refuseFirst) {
      socket.end('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(JSON.stringify({ type: 'session.created' }));
      client.on('message', (data, isBinary) => {
        if (isBinary) return client.send(data, { binary: true });
        const event = JSON.parse(String(data));
        if (event.type === 'response.create') client.send(JSON.stringify(DONE));
        if (event.type === 'end') client.close(event.code, event.reason);
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const client of sockets.clients) client.terminate();
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function setUp(t: Cleanup, more: Readonly<Record<string, string>> = {}, refuseFirst = 0) {
  const providers = await startProviders(t);
  const realtime = await startRealtime(t, refuseFirst);
  const reached = { ...providers, openai: { ...providers.openai, url: realtime.url } };
  const files = policyFiles(reached, { 'talk.yaml': TALK, ...more });
  const gateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production' });
  const base = `${gateway.url.replace('http', 'ws')}/v1/realtime`;
  const dial = (model: string, options: ClientOptions = {}, protocols: readonly string[] = []) => {
    const socket = new WebSocket(`${base}?model=${model}`, [...protocols], options);
    t.after(() => socket.terminate());
    return listened(socket);
  };
  return { gateway, realtime, dial };
}

const TALK = `apiVersion: signalbox/v1
kind: Model
metadata: { name: up-openai/talk }
spec:
  provider: up-openai
  upstreamName: gpt-realtime
  contextWindow: 1000
  maxOutput: 100
  prices: [{ from: 2020-01-01, input: "1.00", output: "10.00", source: "https://example.com", readAt: 2026-11-01 }]
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: talk }
spec:
  targets: [{ id: openai, model: up-openai/talk, retry: { max: 1, on: [server-error], initial: 1ms } }]
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: talk }
spec: { match: { models: [talk] }, chain: talk }
`;
const BUDGET = `apiVersion: signalbox/v1
kind: Budget
metadata: { name: small }
spec: { scope: { consumers: [team] }, limit: { cost: "0.0035 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }
`;
const AUTH: ClientOptions = { headers: { authorization: `Bearer ${KEYS.team}` } };

type Messages = AsyncIterator<[Buffer, boolean]>;
const queues = new WeakMap<WebSocket, Messages>();

/** The next message as JSON, or the bytes; none is lost that came before somebody asked. */
async function next(socket: WebSocket) {
  const queue = queues.get(socket);
  if (queue === undefined) throw new Error('the socket is not listened to');
  const { value } = await queue.next();
  const [data, isBinary] = value;
  return isBinary ? data : JSON.parse(String(data));
}

function listened(socket: WebSocket): WebSocket {
  queues.set(socket, on(socket, 'message') as unknown as Messages);
  return socket;
}

async function refusalOf(socket: WebSocket) {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let text = '';
  for await (const piece of response) text += piece;
  return { status: response.statusCode, code: response.headers['x-signalbox-error'], json: JSON.parse(text) };
}

async function closeOf(socket: WebSocket) {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, String(reason)];
}

describe('a realtime session', () => {
  it('passes in both directions, under the provider’s key and model, and closes with the same code', async (t) => {
    const { realtime, dial } = await setUp(t);
    const socket = dial('talk', AUTH, ['realtime']);
    assert.equal((await next(socket)).type, 'session.created');
    assert.equal(realtime.seen[0]?.url, '/v1/realtime?model=gpt-realtime');
    assert.equal(realtime.seen[0]?.headers.authorization, 'Bearer sk-up-openai');
    assert.equal(socket.protocol, 'realtime');
    socket.send(Buffer.from([1, 2, 3]));
    assert.deepEqual(await next(socket), Buffer.from([1, 2, 3]));
    socket.send(JSON.stringify({ type: 'response.create' }));
    assert.deepEqual(await next(socket), DONE);
    socket.send(JSON.stringify({ type: 'end', code: 4001, reason: 'enough' }));
    assert.deepEqual(await closeOf(socket), [4001, 'enough']);
  });

  it('takes a key as browsers send it', async (t) => {
    const { dial } = await setUp(t);
    const socket = dial('talk', {}, ['realtime', `openai-insecure-api-key.${KEYS.team}`]);
    assert.equal((await next(socket)).type, 'session.created');
  });

  it('is refused before the handshake: no key, no model, no such path', async (t) => {
    const { realtime, dial } = await setUp(t);
    const stranger = await refusalOf(dial('talk'));
    assert.deepEqual(
      [stranger.status, stranger.code, stranger.json.error.code],
      [401, 'invalid_api_key', 'invalid_api_key'],
    );
    const nameless = await refusalOf(dial('', AUTH));
    assert.deepEqual([nameless.status, nameless.json.error.param], [400, 'model']);
    assert.equal(realtime.seen.length, 0);
  });

  it('is tried again when the provider is busy', async (t) => {
    const { realtime, dial } = await setUp(t, {}, 1);
    assert.equal((await next(dial('talk', AUTH))).type, 'session.created');
    assert.equal(realtime.seen.length, 2);
  });

  it('ends when a budget has no room for another response, and what was used is charged', async (t) => {
    const { gateway, dial } = await setUp(t, { 'budget.yaml': BUDGET });
    const socket = dial('talk', AUTH);
    await next(socket);
    // Each response costs 600 micro-dollars, its worst case 2000: after the third there is no room for a fourth.
    for (let at = 0; at < 3; at++) {
      socket.send(JSON.stringify({ type: 'response.create' }));
      assert.equal((await next(socket)).type, 'response.done');
    }
    const error = await next(socket);
    assert.deepEqual([error.type, error.error.code], ['error', 'budget_exceeded']);
    assert.deepEqual(await closeOf(socket), [1008, 'budget_exceeded']);
    const again = await refusalOf(dial('talk', AUTH));
    assert.deepEqual([again.status, again.code], [429, 'budget_exceeded']);
    await gateway.close(0);
  });

  it('does not keep a gateway from stopping', async (t) => {
    const { gateway, dial } = await setUp(t);
    const socket = dial('talk', AUTH);
    await next(socket);
    const closed = once(socket, 'close');
    await gateway.close(10);
    await closed;
  });

  it('is answered by the sandbox without a key', async (t) => {
    const gateway = await startTestGateway(t, {}, { policies: 'policies' });
    const socket = listened(new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/realtime?model=sandbox/echo`));
    t.after(() => socket.terminate());
    assert.equal((await next(socket)).type, 'session.created');
    socket.send(JSON.stringify({ type: 'response.create' }));
    assert.equal((await next(socket)).type, 'response.created');
  });
});
