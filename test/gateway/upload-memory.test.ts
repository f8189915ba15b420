import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it } from 'node:test';
import { startGateway } from '../support/start-process.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const MIB = 1024 * 1024;
const SIZE = 12 * MIB;
const AT_ONCE = 4;
/** What the process may grow by while 48 MiB wait for a provider that does not read: buffers that are not collected yet. Four forms of 25 MiB grew it by 11. */
const BOUND = 30 * MIB;

/** Megabytes of one form, made as they are sent: this process holds one piece. */
async function* formOf(sizeBytes: number): AsyncIterable<Buffer> {
  const head = (name: string, more = '') => `--x\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n`;
  yield Buffer.from(`${head('model')}slow/whisper\r\n${head('file', '; filename="talk.mp3"')}`);
  const piece = Buffer.alloc(64 * 1024, 7);
  for (let sent = 0; sent < sizeBytes; sent += piece.length) yield piece;
  yield Buffer.from('\r\n--x--\r\n');
}

async function upload(url: string, sizeBytes: number): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const call = request(`${url}/v1/audio/transcriptions`, { method: 'POST', headers });
  const answered = once(call, 'response');
  for await (const piece of formOf(sizeBytes)) if (!call.write(piece)) await once(call, 'drain');
  call.end();
  const [response] = await answered;
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode, text };
}

/** A provider that reads no byte of a form until it is told to, and then counts them. */
async function startSlowProvider(t: Cleanup) {
  let gate = Promise.withResolvers<void>();
  let calls = 0;
  let called = Promise.withResolvers<void>();
  const server = createServer(async (incoming, response) => {
    calls += 1;
    if (calls === AT_ONCE) called.resolve();
    await gate.promise;
    let size = 0;
    for await (const part of incoming) size += part.length;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ text: `heard ${size} bytes` }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    /** Resolves when all wait. */
    isCalled: () => called.promise,
    open: () => gate.resolve(),
    shut: () => {
      calls = 0;
      gate = Promise.withResolvers();
      called = Promise.withResolvers();
    },
  };
}

function policiesFor(url: string): string {
  return `apiVersion: signalbox/v1
kind: Project
metadata: { name: test }
spec: { anonymous: guest, defaults: { timeouts: { total: 60s }, retry: { max: 0, on: [] } } }
---
apiVersion: signalbox/v1
kind: Consumer
metadata: { name: guest }
---
apiVersion: signalbox/v1
kind: Provider
metadata: { name: slow }
spec: { dialect: openai-chat, baseUrl: "${url}", auth: { kind: none } }
---
apiVersion: signalbox/v1
kind: Model
metadata: { name: slow/whisper }
spec: { provider: slow, upstreamName: whisper, capabilities: [audio-input], prices: [{ from: 2026-01-01, input: '1', source: test }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: all }
spec: { match: {}, limits: { bodySize: 200MiB } }
`;
}

it('four recordings of 12 MiB for a provider that does not read are no 48 MiB of memory, and arrive whole', async (t) => {
  if (process.platform !== 'linux') {
    t.skip('the memory of a process is read from /proc, which this system lacks');
    return;
  }
  const provider = await startSlowProvider(t);
  const cwd = makeTempDirectory(t, { 'policies/all.yaml': policiesFor(provider.url) });
  const gateway = await startGateway(t, [], { cwd, env: { SIGNALBOX_ENV: 'development' } });
  const memory = () => {
    const status = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  };
  provider.open();
  for (let time = 0; time < 3; time++) {
    const { status, text } = await upload(gateway.url, 2 * MIB);
    assert.equal(status, 200, text);
  }
  provider.shut();
  const before = memory();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, memory());
  }, 5);
  const answers = Promise.all(Array.from({ length: AT_ONCE }, () => upload(gateway.url, SIZE)));
  // An upload that is refused is told at once, and not by waiting for a call that never comes.
  await Promise.race([provider.isCalled(), answers]);
  most = Math.max(most, memory());
  provider.open();
  for (const { status, text } of await answers) {
    assert.equal(status, 200, text);
    assert.ok(Number(/heard (\d+)/.exec(text)?.[1]) > SIZE, text);
  }
  clearInterval(watch);
  t.diagnostic(`grew by ${((most - before) / MIB).toFixed(1)} MiB`);
  assert.ok(most - before < BOUND, `grew by ${most - before} bytes`);
});
