import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { findFreePort } from '../support/free-port.ts';
import { runVerb } from '../support/run-verb.ts';
import { startSmtp } from '../support/start-smtp.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

interface Told {
  readonly check: string;
  readonly status: string;
  readonly where: string;
  readonly message: string;
}

/** An HTTP server that answers a status, with a clock of its own, and keeps what it was asked. */
async function startHost(t: Cleanup, status: number, nowMs: () => number = Date.now) {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    response.writeHead(status, { date: new Date(nowMs()).toUTCString() }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

const provider = (name: string, port: number, auth: string) => `---
apiVersion: signalbox/v1
kind: Provider
metadata: { name: ${name} }
spec: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${port}/v1", auth: ${auth} }
---
apiVersion: signalbox/v1
kind: Model
metadata: { name: ${name}/m }
spec: { provider: ${name}, upstreamName: m }
`;

const rest = (targets: readonly string[], webhook: number) => `apiVersion: signalbox/v1
kind: Project
metadata: { name: shop }
spec: { privateHosts: [127.0.0.1], mail: { from: gateway@example.com, server: { env: SMTP_URL } } }
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: main }
spec: { targets: [${targets.map((name) => `{ id: ${name}, model: ${name}/m }`).join(', ')}] }
---
apiVersion: signalbox/v1
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] }, webhook: { url: "http://127.0.0.1:${webhook}/hooks/secret-path" } }
---
apiVersion: signalbox/v1
kind: Receiver
metadata: { name: nobody }
spec: { slack: { url: { env: SLACK_URL } } }
`;

describe('signalbox doctor --online', () => {
  it('asks providers without a paid call, the mail server without a mail, receivers and the collector', async (t) => {
    const good = await startHost(t, 200);
    const refusing = await startHost(t, 401);
    const late = await startHost(t, 404, () => Date.now() - 3_600_000);
    const hook = await startHost(t, 405);
    const collector = await startHost(t, 200);
    const smtp = await startSmtp(t);
    const closed = await findFreePort();
    const key = '{ kind: bearer, secret: { env: KEY } }';
    const cwd = makeTempDirectory(t, {
      'policies/all.yaml': [
        rest(['good', 'refusing', 'late', 'gone', 'keyless'], hook.port),
        provider('good', good.port, key),
        provider('refusing', refusing.port, key),
        provider('late', late.port, key),
        provider('gone', closed, key),
        provider('keyless', good.port, '{ kind: bearer, secret: { env: MISSING_KEY } }'),
      ].join(''),
    });
    const env = {
      ...{ KEY: 'sk-of-this-test-0123456789', SMTP_URL: smtp.url },
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
    };
    const { stdout, stderr } = await runVerb(t, ['doctor', '--online', '--port', '0', '--format', 'json'], {
      cwd,
      env,
    });
    assert.equal(stderr, '');
    const checks = (JSON.parse(stdout) as { readonly checks: readonly Told[] }).checks;
    const said = (check: string) =>
      Object.fromEntries(
        checks
          .filter((each) => each.check === check)
          .map(({ status, where, message }) => [where.split(' (')[0], `${status} ${message}`]),
      );
    assert.deepEqual(said('providers'), {
      good: 'good lists its models with the key',
      refusing: 'warn the key is refused (401)',
      late: 'good answers 404 to a list of models: the key was not judged',
      gone: 'warn no answer (ECONNREFUSED)',
      keyless: 'good answers; no key was tried',
    });
    assert.match(said('clock').late ?? '', /^warn its clock is 36\d\d s behind ours$/);
    assert.deepEqual(said('receivers'), {
      'mail server': 'good takes our log-in; no mail was sent',
      'webhook of Receiver ops': `good 127.0.0.1:${hook.port} answers; nothing was posted`,
      'slack of Receiver nobody': 'warn env:SLACK_URL is not set',
    });
    assert.equal(said('telemetry')[`127.0.0.1:${collector.port}`], 'good something listens there; nothing was sent');
    assert.deepEqual(good.asked.toSorted(), ['GET / -', 'GET /v1/models Bearer sk-of-this-test-0123456789']);
    assert.deepEqual([hook.asked, collector.asked, smtp.mails.length], [['GET / -'], [], 0]);
    assert.doesNotMatch(stdout, /sk-of-this-test|secret-path/);
  });

  it('asks nobody without the option', async (t) => {
    const host = await startHost(t, 200);
    const text = rest(['good'], host.port) + provider('good', host.port, '{ kind: bearer, secret: { env: KEY } }');
    const cwd = makeTempDirectory(t, { 'policies/all.yaml': text });
    const env = { KEY: 'sk-of-this-test-0123456789' };
    const { code, stdout } = await runVerb(t, ['doctor', '--port', '0'], { cwd, env });
    assert.deepEqual([code, host.asked], [0, []], stdout);
  });
});
