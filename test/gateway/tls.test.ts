import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { TlsSettings } from '../../src/gateway/index.ts';
import { type Authority, makeAuthority } from '../support/make-authority.ts';
import { requireProgram } from '../support/skip.ts';
import { startGateway } from '../support/start-process.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { ask, policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const TALK = `apiVersion: signalbox/v1
kind: Chain
metadata: { name: talk }
spec: { targets: [{ id: sandbox, model: sandbox/echo }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: talk }
spec: { match: { models: [talk] }, chain: talk }
`;

let folder = '';
let ours: Authority;
let others: Authority;

before((t) => {
  const openssl = requireProgram(t as never, 'openssl') ?? assert.fail('openssl is needed');
  folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  const make = (name: string) => {
    mkdirSync(join(folder, name));
    return makeAuthority(openssl, join(folder, name));
  };
  [ours, others] = [make('ours'), make('others')];
});

after(() => rmSync(folder, { recursive: true, force: true }));

async function start(t: Cleanup, more: Partial<TlsSettings> = {}) {
  const directory = makeTempDirectory(t);
  const [certificateFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  copyFileSync(ours.certificate, certificateFile);
  copyFileSync(ours.key, keyFile);
  const tls: TlsSettings = {
    ...{ certificateFile, keyFile, clientAuthorityFile: null, clientCertificate: 'required', minVersion: 'TLSv1.2' },
    ...{ rereadEveryMs: 20, ...more },
  };
  const providers = await startProviders(t);
  providers.openai.otherwise(({ json }) => (json.stream === true ? OPENAI.stream : OPENAI.whole));
  const gateway = await startTestGateway(t, policyFiles(providers, { 'talk.yaml': TALK }), {
    env: SECRETS,
    tls,
    adminToken: 'the-admin-token',
  });
  return { gateway, providers, tls };
}

/** Calls over a connection of its own; rejects where TLS is refused. */
function call(url: string, path: string, options: ConnectionOptions, body?: object): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer the-admin-token' };
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(new URL(path, url), { method, headers, agent: false, ...options } as never, (answer) => {
      let text = '';
      answer.on('data', (piece) => {
        text += piece;
      });
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const trusting = (authority: Authority, more: ConnectionOptions = {}) => ({ ca: readFileSync(authority.ca), ...more });
const shown = ({ certificate, key }: Authority) => ({ cert: readFileSync(certificate), key: readFileSync(key) });

/** Asks until it holds; the runner's timeout bounds it. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

describe('TLS on the listener', () => {
  it('serves the API, streams, HTTP/2 and the admin API, and nothing in plain text', async (t) => {
    const { gateway } = await start(t);
    assert.match(gateway.url, /^https:/);
    const [status, text] = await call(gateway.url, '/v1/chat/completions', trusting(ours), ask('to-openai'));
    assert.deepEqual([status, /Hi/.test(text)], [200, true]);
    const stream = ask('to-openai', { stream: true });
    assert.match((await call(gateway.url, '/v1/chat/completions', trusting(ours), stream))[1], /\[DONE\]/);
    assert.equal((await call(gateway.url, '/admin/status', trusting(ours)))[0], 200);
    const session = connectHttp2(gateway.url, trusting(ours));
    t.after(() => session.destroy());
    const sent = session.request({ ':path': '/healthz' });
    assert.equal((await once(sent, 'response'))[0][':status'], 200);
    assert.equal(session.alpnProtocol, 'h2');
    const plain = createConnection(gateway.port, '127.0.0.1');
    plain.on('error', () => undefined).resume();
    let said = '';
    plain.on('data', (piece) => {
      said += piece.toString('latin1');
    });
    plain.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(plain, 'close');
    assert.doesNotMatch(said, /HTTP\/1\.1 200/);
  });

  it('refuses what is older than the minimum version', async (t) => {
    const { gateway } = await start(t, { minVersion: 'TLSv1.3' });
    await assert.rejects(call(gateway.url, '/healthz', trusting(ours, { maxVersion: 'TLSv1.2' })), /alert|version/i);
    assert.equal((await call(gateway.url, '/healthz', trusting(ours)))[0], 200);
  });

  it('lets in only clients of the authority where a certificate is required', async (t) => {
    const { gateway } = await start(t, { clientAuthorityFile: ours.ca });
    await assert.rejects(call(gateway.url, '/healthz', trusting(ours)));
    await assert.rejects(call(gateway.url, '/healthz', trusting(ours, shown(others))));
    assert.equal((await call(gateway.url, '/healthz', trusting(ours, shown(ours))))[0], 200);
  });

  it('lets in clients without a certificate where it is optional, and never those of another authority', async (t) => {
    const { gateway } = await start(t, { clientAuthorityFile: ours.ca, clientCertificate: 'optional' });
    assert.equal((await call(gateway.url, '/healthz', trusting(ours)))[0], 200);
    assert.equal((await call(gateway.url, '/healthz', trusting(ours, shown(ours))))[0], 200);
    await assert.rejects(call(gateway.url, '/healthz', trusting(ours, shown(others))));
  });

  it('serves changed files without a restart, and the former while they do not fit', async (t) => {
    const { gateway, tls } = await start(t);
    copyFileSync(others.certificate, tls.certificateFile);
    await until(() => gateway.logged.some(({ level }) => level === 'error'));
    assert.equal((await call(gateway.url, '/healthz', trusting(ours)))[0], 200);
    copyFileSync(others.key, tls.keyFile);
    await until(() => gateway.logged.some(({ text }) => /certificate of the listener has changed/.test(text)));
    assert.equal((await call(gateway.url, '/healthz', trusting(others)))[0], 200);
    await assert.rejects(call(gateway.url, '/healthz', trusting(ours)), /verif|self.signed|issuer/i);
    const errors = gateway.logged.filter(({ level }) => level === 'error');
    assert.equal(errors.length, 1);
    assert.doesNotMatch(JSON.stringify(gateway.logged), /PRIVATE KEY/);
  });

  it('resumes no session of a client whose authority is no longer trusted', async (t) => {
    const clientAuthorityFile = join(makeTempDirectory(t), 'clients.pem');
    copyFileSync(ours.ca, clientAuthorityFile);
    const { gateway } = await start(t, { clientAuthorityFile });
    const options = trusting(ours, { ...shown(ours), maxVersion: 'TLSv1.2', host: '127.0.0.1', port: gateway.port });
    const first = connect(options);
    const [session] = await once(first, 'session');
    first.destroy();
    const again = connect({ ...options, session });
    await once(again, 'secureConnect');
    assert.ok(again.isSessionReused());
    again.destroy();
    copyFileSync(others.ca, clientAuthorityFile);
    await until(() => gateway.logged.some(({ text }) => /has changed/.test(text)));
    await assert.rejects(once(connect({ ...options, session }), 'secureConnect'));
  });

  it('is set by the environment of serve, and its health check follows', async (t) => {
    const policies = makeTempDirectory(t, policyFiles(await startProviders(t)));
    const env = { SIGNALBOX_TLS_CERT: ours.certificate, SIGNALBOX_TLS_KEY: ours.key, SIGNALBOX_TLS_CLIENT_CA: ours.ca };
    const serving = await startGateway(t, ['--policies', policies], { cwd: makeTempDirectory(t), env });
    const [url = ''] = serving.stdout().split(' ');
    assert.equal((await call(url, '/healthz', trusting(ours, shown(ours))))[0], 200);
    const check = fileURLToPath(new URL('../../bin/healthcheck.mjs', import.meta.url));
    const port = new URL(url).port;
    execFileSync(process.execPath, [check], { env: { ...process.env, ...env, SIGNALBOX_PORT: port } });
  });

  it('takes sessions by WebSocket, and by no client without the certificate that is asked for', async (t) => {
    const { gateway } = await start(t, { clientAuthorityFile: ours.ca });
    const url = `${gateway.url.replace('https', 'wss')}/v1/realtime?model=talk`;
    const socket = new WebSocket(url, trusting(ours, shown(ours)));
    t.after(() => socket.terminate());
    const [first] = await once(socket, 'message');
    assert.equal(JSON.parse(String(first)).type, 'session.created');
    socket.close();
    for (const options of [trusting(ours), trusting(ours, shown(others)), shown(ours)]) {
      const stranger = new WebSocket(url, options);
      t.after(() => stranger.terminate());
      const outcome = await new Promise((resolve) => {
        stranger.once('open', () => resolve('open'));
        stranger.once('error', () => resolve('refused'));
      });
      assert.equal(outcome, 'refused');
    }
  });

  it('is spoken by every worker, with the certificate of clients that is asked for', async (t) => {
    const policies = makeTempDirectory(t, policyFiles(await startProviders(t)));
    const env = {
      ...{ SIGNALBOX_TLS_CERT: ours.certificate, SIGNALBOX_TLS_KEY: ours.key, SIGNALBOX_TLS_CLIENT_CA: ours.ca },
      SIGNALBOX_ADMIN_TOKEN: 'the-admin-token',
    };
    const serving = await startGateway(t, ['--workers', '2', '--policies', policies], {
      cwd: makeTempDirectory(t),
      env,
    });
    const [url = ''] = serving.stdout().split(' ');
    const pids = new Set<number>();
    // The system hands connections round; two calls mostly meet both.
    for (let at = 0; at < 20 && pids.size < 2; at++) {
      const [status, text] = await call(url, '/admin/status', trusting(ours, shown(ours)));
      assert.equal(status, 200);
      pids.add(JSON.parse(text).pid);
    }
    assert.equal(pids.size, 2);
    for (let at = 0; at < 2; at++) await assert.rejects(call(url, '/admin/status', trusting(ours)));
  });

  it('starts from no files that cannot be served', async (t) => {
    const bad = join(makeTempDirectory(t), 'bad.pem');
    writeFileSync(bad, 'not a certificate');
    await assert.rejects(start(t, { certificateFile: bad }), { name: 'TlsFilesError' });
    await assert.rejects(start(t, { clientAuthorityFile: bad }), { name: 'TlsFilesError', message: /bad\.pem/ });
    await assert.rejects(start(t, { keyFile: others.key }), { name: 'TlsFilesError', message: /do not make/ });
  });
});
