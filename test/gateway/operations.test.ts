import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { unpackTree } from '#policy';
import { listRecordFiles, readRecords } from '../../src/decision-log/index.ts';
import { StartError } from '../../src/gateway/index.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import {
  ask,
  KEYS,
  policyFiles,
  post,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const BROKEN = 'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: broken }\nspec: { match: {}, chian: all }\n';
const EXTRA =
  'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: extra }\nspec: { match: { models: [extra] }, chain: all }\n';

// So that only events can tell.
const NEVER_MS = 3_600_000;

async function get(gateway: { readonly url: string }, path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(gateway.url + path, { headers });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
  const json: any = text.startsWith('{') ? JSON.parse(text) : null;
  return { status: response.status, json, text };
}

/** Resolves when the gateway serves another revision than the one given. */
async function whenRevisionIsNot(gateway: TestGateway, revision: string): Promise<string> {
  for (;;) {
    const { json } = await get(gateway, '/readyz');
    if (json.revision !== revision) return json.revision;
    await new Promise(setImmediate);
  }
}

async function whenStatusIs(gateway: TestGateway, status: string): Promise<void> {
  while ((await get(gateway, '/readyz')).json.status !== status) await new Promise(setImmediate);
}

/** A stream that has begun and does not end; `read` resolves when it is cut off. */
async function beginHangingStream(t: Cleanup) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
  providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'hang'] });
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(ask('to-openai', { stream: true })),
  });
  return { providers, gateway, response, read: assert.rejects(response.text()) };
}

describe('readiness', () => {
  it('goes from ready to degraded and back as the policies break and heal', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const first = await get(gateway, '/readyz');
    assert.deepEqual([first.status, first.json.status, first.json.rejected], [200, 'ready', null]);

    writeFileSync(join(gateway.policies, 'zz.yaml'), BROKEN);
    const refused = await post(gateway, '/admin/reload', {});
    assert.deepEqual([refused.status, refused.json.accepted, refused.json.revision], [422, false, first.json.revision]);
    assert.match(JSON.stringify(refused.json.diagnostics), /chian/);
    const degraded = await get(gateway, '/readyz');
    assert.deepEqual([degraded.status, degraded.json.status], [200, 'degraded']);
    const [finding] = degraded.json.rejected.diagnostics;
    assert.deepEqual([finding.file, finding.line, finding.severity], ['zz.yaml', 4, 'error']);
    assert.match(degraded.json.rejected.at, /^\d{4}-.*Z$/);
    assert.equal(
      (await post(gateway, '/v1/chat/completions', ask('gpt-4o'))).status,
      200,
      'the old revision serves on',
    );
    assert.ok(gateway.logged.some(({ level, text }) => level === 'warn' && text.startsWith('policies refused')));
    const status = await get(gateway, '/admin/status');
    assert.deepEqual([status.json.attempted.accepted, status.json.attempted.attempted], [false, null]);

    writeFileSync(join(gateway.policies, 'zz.yaml'), EXTRA);
    const accepted = await post(gateway, '/admin/reload', {});
    assert.deepEqual([accepted.status, accepted.json.accepted, accepted.json.changed], [200, true, true]);
    assert.notEqual(accepted.json.revision, first.json.revision);
    assert.deepEqual((await get(gateway, '/readyz')).json, {
      revision: accepted.json.revision,
      status: 'ready',
      rejected: null,
    });
    const answer = await post(gateway, '/v1/chat/completions', ask('extra'));
    assert.deepEqual(
      [answer.headers.get('x-signalbox-route'), answer.headers.get('x-signalbox-revision')],
      ['extra', accepted.json.revision],
    );
  });

  it('a tree that is the same again is not compiled again', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const again = await gateway.reload('admin');
    assert.deepEqual([again.accepted, again.changed], [true, false]);
    assert.equal(gateway.logged.filter(({ text }) => text === 'policies in service').length, 1);
  });
});

describe('the revisions that were in service', () => {
  it('are in the status, newest first and since when, also after a restart; one that was refused is not', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers);
    const dataDir = makeTempDirectory(t);
    const first = await startTestGateway(t, files, { env: SECRETS, dataDir });
    const before = await first.status();
    assert.deepEqual(
      before.revisions?.map(({ digest }) => digest),
      [before.digest],
    );
    const text =
      'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: extra }\nspec: { match: { models: [never] }, chain: all }\n';
    writeFileSync(join(first.policies, 'zz.yaml'), text);
    assert.equal((await first.reload('admin')).accepted, true);
    writeFileSync(join(first.policies, 'zz.yaml'), BROKEN);
    assert.equal((await first.reload('admin')).accepted, false);
    const after = await first.status();
    assert.deepEqual(
      after.revisions?.map(({ digest }) => digest),
      [after.digest, before.digest],
    );
    assert.deepEqual(after.revisions?.at(-1), before.revisions?.at(0), 'it says since when it served');
    await first.close(0);
    const fresh = await startTestGateway(t, { ...files, 'zz.yaml': text }, { env: SECRETS, dataDir });
    assert.deepEqual((await fresh.status()).revisions, after.revisions);
  });
});

describe('a fresh process with broken policies', () => {
  it('serves the last good revision and says that it is degraded', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const files = policyFiles(providers);
    const dataDir = makeTempDirectory(t);
    const good = await startTestGateway(t, files, { env: SECRETS, dataDir });
    const { revision } = await good.status();
    await good.close(0);
    const fresh = await startTestGateway(t, { ...files, 'zz.yaml': BROKEN }, { env: SECRETS, dataDir });
    const ready = await get(fresh, '/readyz');
    assert.deepEqual([ready.status, ready.json.status, ready.json.revision], [200, 'degraded', revision]);
    assert.equal((await fresh.status()).fromLastGood, true);
    assert.equal((await post(fresh, '/v1/chat/completions', ask('gpt-4o'))).status, 200);
    rmSync(join(fresh.policies, 'zz.yaml'));
    assert.equal((await fresh.reload('admin')).accepted, true);
    assert.equal((await fresh.status()).fromLastGood, false);
    assert.equal((await get(fresh, '/readyz')).json.status, 'ready');
  });

  it('does not start without a last good revision, or with a damaged one, and has every finding', async (t) => {
    const files = { 'a.yaml': BROKEN, 'b.yaml': 'kind: [' };
    const dataDir = makeTempDirectory(t, {
      'last-good.development.json': '{"format":"signalbox-last-good/1","tree":"x"}',
    });
    await assert.rejects(startTestGateway(t, files, { dataDir }), (error: unknown) => {
      assert.ok(error instanceof StartError);
      assert.deepEqual([...new Set(error.diagnostics.map(({ file }) => file))], ['a.yaml', 'b.yaml']);
      return true;
    });
    await assert.rejects(startTestGateway(t, {}, { policies: '/nonexistent' }), StartError);
  });
});

describe('watching the folder', () => {
  it('sees a new file, a changed one, and one replaced by renaming, as editors do', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), {
      env: SECRETS,
      watch: true,
      pollMs: NEVER_MS,
    });
    let { revision } = await gateway.status();
    const file = join(gateway.policies, 'extra.yaml');
    writeFileSync(file, EXTRA);
    revision = await whenRevisionIsNot(gateway, revision);
    writeFileSync(file, EXTRA.replace('[extra]', '[extra, second]'));
    revision = await whenRevisionIsNot(gateway, revision);
    const temporary = join(gateway.policies, '.extra.yaml.swp');
    writeFileSync(temporary, EXTRA.replace('[extra]', '[third]'));
    renameSync(temporary, file);
    revision = await whenRevisionIsNot(gateway, revision);
    rmSync(file);
    await whenRevisionIsNot(gateway, revision);
  });

  it('sees a Kubernetes mount swap its ..data link', async (t) => {
    const providers = await startProviders(t);
    const policies = makeTempDirectory(t);
    const mount = (name: string, files: Readonly<Record<string, string>>) => {
      mkdirSync(join(policies, name));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(policies, name, file), text);
      symlinkSync(name, join(policies, '..data_tmp'));
      renameSync(join(policies, '..data_tmp'), join(policies, '..data'));
    };
    const files = { ...policyFiles(providers), 'extra.yaml': EXTRA };
    mount('..2026_11_01', files);
    for (const file of Object.keys(files)) symlinkSync(join('..data', file), join(policies, file));
    const gateway = await startTestGateway(t, {}, { env: SECRETS, watch: true, policies, pollMs: NEVER_MS });
    let { revision } = await gateway.status();
    for (const models of ['[a]', '[b]', '[c]']) {
      mount(`..2026_11_02_${models.slice(1, 2)}`, { ...files, 'extra.yaml': EXTRA.replace('[extra]', models) });
      revision = await whenRevisionIsNot(gateway, revision);
    }
  });

  it('finds by its slow look what no event told', async (t) => {
    const providers = await startProviders(t);
    const policies = makeTempDirectory(t, { 'target/here': '' });
    const files = policyFiles(providers);
    // The folder itself is a link that is set elsewhere: nothing in the watched folder changes.
    for (const [name, text] of Object.entries(files)) writeFileSync(join(policies, 'target', name), text);
    const link = join(makeTempDirectory(t), 'policies');
    symlinkSync(join(policies, 'target'), link);
    const gateway = await startTestGateway(t, {}, { env: SECRETS, watch: true, policies: link, pollMs: 50 });
    const { revision } = await gateway.status();
    const other = makeTempDirectory(t, { ...files, 'extra.yaml': EXTRA });
    symlinkSync(other, `${link}.new`);
    renameSync(`${link}.new`, link);
    await whenRevisionIsNot(gateway, revision);
  });

  it('keeps the old revision when the folder goes away', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, watch: true, pollMs: 50 });
    rmSync(gateway.policies, { recursive: true });
    await whenStatusIs(gateway, 'degraded');
    assert.equal((await post(gateway, '/v1/chat/completions', ask('gpt-4o'))).status, 200);
  });
});

describe('the admin API', () => {
  const PATHS = [
    ['GET', '/admin/status'],
    ['POST', '/admin/reload'],
    ['POST', '/admin/explain'],
    ['GET', '/admin/policies'],
    ['GET', '/admin/records'],
    ['GET', '/admin/records/req_none'],
    ['GET', '/admin/openapi.json'],
  ] as const;

  it('is closed without a token outside development, and says what to do', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { environment: 'production' });
    for (const [method, path] of PATHS) {
      const response = await fetch(gateway.url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
      const text = await response.text();
      assert.equal(response.status, 403, path);
      assert.match(text, /SIGNALBOX_ADMIN_TOKEN/, path);
    }
    const consumer = await get(gateway, '/admin/status', { authorization: `Bearer ${KEYS.team}` });
    assert.equal(consumer.status, 403);
  });

  it('takes its token and no other', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), {
      environment: 'production',
      adminToken: 'hush',
    });
    assert.equal((await get(gateway, '/admin/status', { authorization: 'Bearer hush' })).status, 200);
    assert.equal((await get(gateway, '/admin/status', { authorization: 'Bearer hus' })).status, 401);
    assert.equal((await get(gateway, '/admin/status')).status, 401);
    const local = await startTestGateway(t, policyFiles(providers), { adminToken: 'hush' });
    const statuses: number[] = [];
    for (const headers of [{}, { authorization: 'Bearer hush' }, { authorization: 'Bearer hus' }])
      statuses.push((await get(local, '/admin/status', headers)).status);
    assert.deepEqual(statuses, [200, 200, 401], 'in development too');
  });

  it('is open in development to this machine’s programs, but not to web pages and proxies', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers));
    assert.equal((await get(gateway, '/admin/status')).status, 200);
    assert.equal((await get(gateway, '/admin/status', { origin: 'https://evil.example' })).status, 403);
    assert.equal((await get(gateway, '/admin/status', { 'x-forwarded-for': '1.2.3.4' })).status, 403);
    const rebound = await new Promise((resolve, reject) => {
      const call = request(`${gateway.url}/admin/status`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject).end();
    });
    assert.equal(rebound, 403);
  });

  it('tells targets, missing secrets and open breakers', async (t) => {
    const providers = await startProviders(t);
    const { UP_GEMINI_KEY: _, ...env } = SECRETS;
    const gateway = await startTestGateway(t, policyFiles(providers), { env });
    const { json } = await get(gateway, '/admin/status');
    const target = (id: string) => json.targets.find((each: { readonly id: string }) => each.id === id);
    assert.equal(target('all/openai').status, 'ready');
    assert.deepEqual(
      [target('all/gemini').status, target('all/gemini').problem],
      ['secret-missing', 'the environment variable UP_GEMINI_KEY is not set'],
    );
    assert.ok(!JSON.stringify(json).includes('sk-up-openai'));
  });

  it('explains a request, and why a route did not win', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const { json } = await post(gateway, '/admin/explain', {
      request: { model: 'to-gemini', inputTokens: 10 },
      whyNot: 'to-openai',
    });
    assert.deepEqual([json.route, json.target, json.decision.allowed], ['to-gemini', 'only-gemini/gemini', true]);
    assert.equal(json.whyNot.route, 'to-openai');
    const wrong = await post(gateway, '/admin/explain', { modle: 'x' });
    assert.equal(wrong.status, 400);
    assert.match(wrong.json.error.message, /modle/);
  });

  it('tells the files in service, not those that were refused since', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers);
    const gateway = await startTestGateway(t, files);
    const served = async () => {
      const { json } = await get(gateway, '/admin/policies');
      const sources = unpackTree(json.tree) ?? [];
      return Object.fromEntries(sources.map(({ file, bytes }) => [file, new TextDecoder().decode(bytes)]));
    };
    assert.deepEqual(await served(), files);
    const [name = ''] = Object.keys(files);
    writeFileSync(join(gateway.policies, name), 'kind: [');
    assert.equal((await post(gateway, '/admin/reload', {})).status, 422);
    assert.deepEqual(await served(), files);
    const changed = `${files[name]}\n# changed\n`;
    writeFileSync(join(gateway.policies, name), changed);
    assert.equal((await post(gateway, '/admin/reload', {})).status, 200);
    assert.deepEqual(await served(), { ...files, [name]: changed });
  });

  it('describes itself: every path of its document exists', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers));
    const { json } = await get(gateway, '/admin/openapi.json');
    for (const [path, methods] of Object.entries<object>(json.paths)) {
      for (const method of Object.keys(methods)) {
        const response = await fetch(gateway.url + path.replace('{id}', 'x'), { method: method.toUpperCase() });
        const text = await response.text();
        assert.ok(!text.includes('there is nothing at'), `${method} ${path}: ${text}`);
      }
    }
  });
});

describe('stopping', () => {
  it('lets a stream come to its end, refuses new requests, and is not ready', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    let finish: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const chunks = OPENAI.stream.chunks ?? [];
    providers.openai.enqueue({ chunks: [...chunks.slice(0, 2), { wait }, ...chunks.slice(2)] });
    const keepAlive = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask('to-openai', { stream: true })),
    });
    const closed = gateway.close();
    const ready = await get(gateway, '/readyz');
    assert.deepEqual([ready.status, ready.json.status], [503, 'draining']);
    const refused = await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.deepEqual(
      [refused.status, refused.json.error.code, refused.headers.get('retry-after'), refused.headers.get('connection')],
      [503, 'draining', '1', 'close'],
    );
    finish();
    assert.match(await keepAlive.text(), /\[DONE\]/);
    await closed;
    await assert.rejects(fetch(`${gateway.url}/readyz`));
  });

  it('cuts off what does not end in time', async (t) => {
    const { providers, gateway, read } = await beginHangingStream(t);
    await gateway.close(20);
    await read;
    await providers.openai.whenAborted(1);
  });

  it('told twice, cuts off at once, and has settled and recorded it when it ends', async (t) => {
    const { gateway, response, read } = await beginHangingStream(t);
    const closed = gateway.close(600_000);
    await gateway.close(0);
    await Promise.all([read, closed]);
    const id = response.headers.get('x-signalbox-request-id');
    const recorded: unknown[] = [];
    for (const { path } of await listRecordFiles(gateway.recordsDirectory ?? '')) {
      for await (const line of readRecords(path)) if (line.kind === 'record') recorded.push(line.record.id);
    }
    assert.deepEqual(recorded, [id]);
  });
});
