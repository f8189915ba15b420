import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { findFreePort } from '../support/free-port.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram } from '../support/skip.ts';
import { startGateway } from '../support/start-process.ts';
import { startRedis } from '../support/start-redis.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

interface Told {
  readonly check: string;
  readonly status: string;
  readonly where: string;
  readonly message: string;
  readonly hint: string | null;
}

type Env = Readonly<Record<string, string>>;

async function examine(t: Cleanup, cwd: string, args: readonly string[] = [], env: Env = {}) {
  const port = args.includes('--url') || args.includes('--port') ? [] : ['--port', '0'];
  const { code, stdout, stderr } = await runVerb(t, ['doctor', '--format', 'json', ...port, ...args], { cwd, env });
  assert.equal(stderr, '');
  const checks = (JSON.parse(stdout) as { readonly checks: readonly Told[] }).checks;
  const of = (check: string) =>
    checks.filter((each) => each.check === check).map(({ status, message }) => `${status} ${message}`);
  return { code, stdout, checks, of };
}

describe('signalbox doctor', () => {
  it('finds a fresh installation good, changes nothing, and gives each problem a next step', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const before = readdirSync(cwd, { recursive: true }).sort();
    const { code, checks, of } = await examine(t, cwd);
    assert.equal(code, 0);
    assert.deepEqual(of('policies').slice(0, 1), [
      `good ${Object.keys(shop).length} files; development, production compile`,
    ]);
    assert.deepEqual(of('store'), ['good no ledger yet; the gateway makes it']);
    for (const { status, hint } of checks) assert.equal(hint === null, status === 'good');
    assert.deepEqual(readdirSync(cwd, { recursive: true }).sort(), before);
  });

  it('says where policies do not compile, and that a folder is not there', async (t) => {
    const broken = makeTempDirectory(t, { ...shop, 'policies/chains.yaml': 'kind: [Chain' });
    const { code, of } = await examine(t, broken);
    assert.equal(code, 1);
    assert.match(of('policies')[0] ?? '', /^error development does not compile: chains\.yaml:1 /);
    const none = await examine(t, makeTempDirectory(t, {}));
    assert.equal(none.code, 1);
    assert.match(none.of('policies')[0] ?? '', /^error /);
  });

  it('names keys that are missing, and never shows one', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const missing = (await examine(t, cwd)).of('secrets');
    assert.ok(missing.some((line) => /^warn the environment variable OPENAI_API_KEY is not set: premium\//.test(line)));
    const env = { OPENAI_API_KEY: 'sk-abcdefghijklmnop', SIGNALBOX_ADMIN_TOKEN: 'token-of-this-test' };
    const { of, stdout } = await examine(t, cwd, ['--env', 'production'], env);
    assert.ok(!of('secrets').some((line) => line.includes('OPENAI_API_KEY')));
    assert.doesNotMatch(stdout, /sk-abcdef|token-of-this/);
  });

  it('looks at the data folder: its kind, the modes of its key, its ledger', async (t) => {
    const cwd = makeTempDirectory(t, { ...shop, 'data.txt': '', 'data/record-key': 'k\n' });
    const file = await examine(t, cwd, ['--data-dir', 'data.txt']);
    assert.deepEqual([file.code, file.of('data')], [1, ['error the data folder cannot be used: it is no folder']]);
    const below = await examine(t, cwd, ['--data-dir', 'data.txt/below']);
    assert.deepEqual(below.of('data'), ['error the data folder cannot be used: ENOTDIR']);
    chmodSync(join(cwd, 'data/record-key'), 0o644);
    const foreign = new DatabaseSync(join(cwd, 'data/ledger.db'));
    foreign.exec('CREATE TABLE other (a)');
    foreign.close();
    const { code, of } = await examine(t, cwd, ['--data-dir', 'data']);
    assert.equal(code, 1);
    assert.ok(of('data').some((line) => line.startsWith('warn others than its owner may read')));
    assert.match(of('store')[0] ?? '', /^error .* is a database of something else\.$/);
    assert.deepEqual(readdirSync(join(cwd, 'data')).sort(), ['ledger.db', 'record-key']);
  });

  it('tells who has the port: something else, or a gateway and whether it serves the folder', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const other = createServer((socket) => socket.end('hello\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const taken = String((other.address() as AddressInfo).port);
    const refused = await examine(t, cwd, ['--port', taken]);
    assert.equal(refused.code, 1);
    assert.match(refused.of('port')[0] ?? '', /^error the port is taken, and /);

    const gateway = await startGateway(t, [], { cwd });
    const { port } = new URL(gateway.url);
    const same = await examine(t, cwd, ['--port', port]);
    assert.match(same.of('port')[0] ?? '', /^good a gateway answers \(version .*, development\): ready, revision/);
    assert.deepEqual(same.of('port').slice(1), ['good it serves what policies holds']);
    assert.deepEqual(same.of('store'), ['good the ledger of budgets opens (durability process)']);
    const elsewhere = makeTempDirectory(t, {
      ...shop,
      'policies/chains.yaml': (shop['policies/chains.yaml'] ?? '').replace('total: 20s', 'total: 21s'),
    });
    const drift = await examine(t, elsewhere, ['--url', gateway.url]);
    assert.deepEqual([drift.code, drift.of('port')[1]], [0, 'warn it serves another revision than policies holds']);
    await gateway.stop();
    const gone = await examine(t, elsewhere, ['--url', gateway.url]);
    assert.equal(gone.code, 1);
  });

  it('asks the Redis of the settings how it is, and shows no password', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const cwd = makeTempDirectory(t, shop);
    const args = ['--requirepass', 'p4ssw0rd-of-redis', '--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'];
    const server = await startRedis(t, program, args);
    const url = `redis://:p4ssw0rd-of-redis@127.0.0.1:${server.port}`;
    const { code, of, stdout } = await examine(t, cwd, [], { SIGNALBOX_REDIS_URL: url });
    assert.equal(code, 0);
    assert.match(of('store')[0] ?? '', /^good Redis \d+\.\d+\S* answers in plain text$/);
    assert.match(of('store')[1] ?? '', /^warn Redis at .* drops keys when its memory is full/);
    assert.match(of('clock')[0] ?? '', /^good /);
    const wrong = await examine(t, cwd, [], { SIGNALBOX_REDIS_URL: `redis://:wr0ng@127.0.0.1:${server.port}` });
    assert.match(wrong.of('store')[0] ?? '', /^error .* does not answer: WRONGPASS/);
    assert.doesNotMatch(stdout + wrong.stdout, /p4ssw0rd|wr0ng/);
    server.freeze();
    const frozen = await examine(t, cwd, [], { SIGNALBOX_REDIS_URL: url });
    assert.deepEqual(frozen.of('store'), ['warn this check had no answer within 1.2 s']);
    server.thaw();
    await server.stop();
    const away = await examine(t, cwd, [], { SIGNALBOX_REDIS_URL: url });
    assert.match(away.of('store')[0] ?? '', /^error .* does not answer: connect ECONNREFUSED/);
  });

  it('says how old the prices of models in chains are', async (t) => {
    const model = `apiVersion: signalbox/v1
kind: Model
metadata: { name: openai/gpt-4o, owner: platform }
spec: { prices: [{ from: 2020-01-01, input: "2.50", output: "10.00", source: "our contract", readAt: 2020-01-01 }] }
`;
    const { code, of } = await examine(t, makeTempDirectory(t, { ...shop, 'policies/models.yaml': model }));
    assert.equal(code, 0);
    assert.match(of('prices')[0] ?? '', /^warn a price was last read \d{4} days ago \(2020-01-01\)$/);
  });

  it('tells of settings that `serve` would refuse, of all else as well', async (t) => {
    const cwd = makeTempDirectory(t, { ...shop, 'cert.pem': 'none', 'key.pem': 'none' });
    const env = { SIGNALBOX_DURABILITY: 'disk', OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' };
    const { code, of } = await examine(t, cwd, ['--port', '70000'], env);
    assert.equal(code, 1);
    assert.deepEqual(of('settings').slice(0, 1), ['error --port is a whole number from 0 to 65535, not "70000"']);
    assert.ok(of('telemetry').some((line) => line.startsWith('warn OTEL_EXPORTER_OTLP_ENDPOINT')));
    const mode = await examine(t, cwd, [], env);
    assert.deepEqual(mode.of('store'), ['error SIGNALBOX_DURABILITY is neither process nor power.']);
    const tls = { SIGNALBOX_TLS_CERT: 'cert.pem', SIGNALBOX_TLS_KEY: 'key.pem' };
    assert.match((await examine(t, cwd, [], tls)).of('settings')[0] ?? '', /^error .* do not make a TLS server/);
  });

  it('keeps to the columns, with a mark for each check and a step for each problem', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    mkdirSync(join(cwd, '.github/workflows'), { recursive: true });
    writeFileSync(join(cwd, 'lefthook.yml'), '');
    const { stdout } = await runVerb(t, ['doctor', '--port', String(await findFreePort())], { cwd });
    const lines = stdout.split('\n');
    assert.deepEqual(
      lines.filter((line) => line.length > 80 && line.trim().includes(' ')),
      [],
    );
    assert.match(stdout, /^✔ node {7}/);
    assert.match(stdout, /\n! secrets|\n! {12}production|\n! {12}development/);
    assert.match(stdout, /\n {13}→ Set it where the gateway starts/);
    assert.match(stdout, /\n\d+ good, \d+ to look at/);
    assert.equal(existsSync(join(cwd, '.signalbox')), false);
    const quiet = await runVerb(t, ['doctor', '--port', '0', '--quiet'], { cwd });
    assert.equal(quiet.stdout, '');
  });
});
