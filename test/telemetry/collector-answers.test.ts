import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { openOtlp } from '#telemetry';
import type { Cleanup } from '../support/temp-directory.ts';

const AT_ONCE = new Date(0).toUTCString();

/** A collector of logs whose answers are scripted; gives the size of each call in bytes. */
async function startCollector(t: Cleanup, answers: readonly (readonly [status: number, body: Buffer])[]) {
  const calls: number[] = [];
  const server = createServer(async (request, response) => {
    let size = 0;
    for await (const part of request) size += (part as Buffer).length;
    const [status, body] = answers[Math.min(calls.push(size), answers.length) - 1] ?? [500, Buffer.alloc(0)];
    response.writeHead(status, { 'content-type': 'application/x-protobuf', 'retry-after': AT_ONCE }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function sendLines(url: string) {
  const problems: string[] = [];
  const otlp = await openOtlp({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    },
    ...{ version: '1', environment: 'test', instance: 'one' },
    onProblem: (_, text) => problems.push(text),
  });
  for (let n = 0; n < 3; n++) otlp?.log?.info({}, 'a line');
  await otlp?.close();
  return { dropped: otlp?.dropped(), problems };
}

const NOTHING = Buffer.alloc(0);

describe('a collector of logs', () => {
  it('that is busy gets the same lines again when it asks for them, and none is lost', async (t) => {
    const { calls, url } = await startCollector(t, [
      [429, NOTHING],
      [503, NOTHING],
      [200, NOTHING],
    ]);
    const { dropped, problems } = await sendLines(url);
    assert.equal(calls.length, 3);
    assert.equal(new Set(calls).size, 1, 'the same bytes');
    assert.deepEqual([dropped, problems], [[{ signal: 'logs', count: 0 }], []]);
  });

  it('that refuses is asked once, and what it refused is counted and told', async (t) => {
    const { calls, url } = await startCollector(t, [[400, NOTHING]]);
    const { dropped, problems } = await sendLines(url);
    assert.equal(calls.length, 1);
    assert.deepEqual([dropped, problems.length], [[{ signal: 'logs', count: 3 }], 1]);
  });
});
