import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32c } from '../../src/upstream/stores/crc32c.ts';
import type { Answer } from '../support/scripted-upstream.ts';
import { startAwsSecrets } from '../support/secret-stores/aws.ts';
import { startAzureVault } from '../support/secret-stores/azure.ts';
import { startGoogleSecrets } from '../support/secret-stores/google.ts';
import type { StoreServer } from '../support/secret-stores/store-server.ts';
import { POD_TOKEN, startVault } from '../support/secret-stores/vault.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { useStore } from './store-harness.ts';

const START: Readonly<Record<string, (t: Cleanup) => Promise<StoreServer>>> = {
  'a Vault': startVault,
  'AWS Secrets Manager': startAwsSecrets,
  'Google Secret Manager': startGoogleSecrets,
  'an Azure Key Vault': startAzureVault,
};
const MINUTE_MS = 60_000;
const REFRESH_MS = 5 * MINUTE_MS;

const OUTAGES: readonly (readonly [string, Answer])[] = [
  ['a reset', { before: 'reset' }],
  ['an error', { status: 500, body: {} }],
  ['an error page', { status: 502, body: '<html>Bad gateway</html>' }],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: {} }],
  ['an answer that is cut', { chunks: ['{"data":', 'cut'] }],
  ['an empty answer', { status: 200, body: {} }],
  ['an answer without end', { status: 200, body: 'x'.repeat(300_000) }],
];

for (const [name, start] of Object.entries(START)) {
  describe(`secrets of ${name}`, () => {
    it('are had once for all that refer to them, whole or by a field', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one', org: 'org-1' });
      const store = await useStore(server, ['llm#api_key', 'llm#org']);
      assert.equal(store.value('llm#api_key'), 'sk-one');
      assert.equal(store.value('llm#org'), 'org-1');
      const asked = server.http.requests.filter(({ path, method }) => method === 'GET' || path === '/');
      assert.equal(asked.length, 1, 'one call for both');
      const [state] = store.states();
      assert.equal(state?.name, 'llm');
      assert.ok(state.version !== null);
    });

    it('are rotated without a restart, and told of by fingerprints alone', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      const store = await useStore(server, ['llm#api_key']);
      server.put('llm', { api_key: 'sk-two' });
      await store.pass(REFRESH_MS - 1000);
      assert.equal(store.value('llm#api_key'), 'sk-one', 'not before it is time');
      await store.pass(1000);
      assert.equal(store.value('llm#api_key'), 'sk-two');
      assert.deepEqual(
        store.events.map(({ kind }) => kind),
        ['changed'],
      );
      assert.doesNotMatch(JSON.stringify(store.events), /sk-/);
      assert.doesNotMatch(JSON.stringify(store.states()), /sk-/);
    });

    it('are asked for at once when a provider refuses them, and then left alone for a while', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      const store = await useStore(server, ['llm#api_key']);
      await store.pass(15_000);
      const before = server.http.requests.length;
      server.put('llm', { api_key: 'sk-two' });
      store.refused('llm#api_key');
      await store.pass(0);
      assert.equal(store.value('llm#api_key'), 'sk-two');
      store.refused('llm#api_key');
      await store.pass(5000);
      assert.equal(server.http.requests.length, before + 1);
    });

    it('of a version that is named stay', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      server.put('llm', { api_key: 'sk-two' });
      const first = name === 'AWS Secrets Manager' ? 'AWSPREVIOUS' : '1';
      const store = await useStore(server, [`llm?version=${first}#api_key`, 'llm#api_key']);
      assert.equal(store.value(`llm?version=${first}#api_key`), 'sk-one');
      assert.equal(store.value('llm#api_key'), 'sk-two');
    });

    it('serve on while the store is away, and say so once', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      const store = await useStore(server, ['llm#api_key'], { spec: { refresh: '1m' } });
      for (const [what, answer] of OUTAGES) {
        server.http.enqueue(answer);
        await store.pass(MINUTE_MS);
        assert.equal(store.value('llm#api_key'), 'sk-one', what);
        assert.equal(store.problem('llm#api_key'), null, 'there is a value');
        assert.ok(store.states()[0]?.problem !== null, what);
        assert.equal(store.states()[0]?.isKept, true, what);
        server.put('llm', { api_key: 'sk-one' });
        await store.pass(2000);
        assert.equal(store.states()[0]?.problem, null, `after ${what} it is asked again within two seconds`);
      }
      const told = store.events.map(({ kind }) => kind);
      assert.deepEqual(
        told,
        OUTAGES.flatMap(() => ['failed', 'recovered']),
      );
    });

    it('are asked for ever less often while the store is away, a minute apart at most', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      const store = await useStore(server, ['llm#api_key']);
      const before = server.http.requests.length;
      server.http.otherwise({ status: 503, body: {} });
      await store.pass(REFRESH_MS);
      for (let second = 0; second < 600; second++) await store.pass(1000);
      const calls = server.http.requests.length - before;
      assert.ok(calls >= 12 && calls <= 20, `${calls} calls in ten minutes`);
      assert.equal(store.events.length, 1, 'told once');
      assert.equal(store.value('llm#api_key'), 'sk-one');
    });

    it('serve on when the store denies them, and when a new version cannot be used', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      const store = await useStore(server, ['llm#api_key']);
      server.deny('llm');
      await store.pass(REFRESH_MS);
      assert.equal(store.value('llm#api_key'), 'sk-one');
      assert.deepEqual([store.events[0]?.kind, failureOf(store.events[0])], ['failed', 'denied']);
      server.deny('llm', false);
      server.put('llm', { apiKey: 'a misspelt field' });
      // A token that was denied is thrown away first.
      for (let second = 0; second < 20; second++) await store.pass(1000);
      assert.equal(store.value('llm#api_key'), 'sk-one');
      assert.match(store.states()[0]?.problem ?? '', /newest version cannot be used: .*field api_key/);
      server.put('llm', { api_key: 'sk-two' });
      await store.pass(MINUTE_MS);
      assert.equal(store.value('llm#api_key'), 'sk-two');
    });

    it('that are deleted in the store are withdrawn at once, and come back with a new version', async (t) => {
      const server = await start(t);
      server.put('llm', { api_key: 'sk-one' });
      const store = await useStore(server, ['llm#api_key']);
      server.remove('llm');
      await store.pass(REFRESH_MS);
      assert.equal(store.value('llm#api_key'), null);
      assert.match(store.problem('llm#api_key') ?? '', /^store:box\/llm#api_key: 127\.0\.0\.1:\d+ /);
      assert.equal(failureOf(store.events[0]), 'missing');
      server.put('llm', { api_key: 'sk-two' });
      await store.pass(MINUTE_MS);
      assert.equal(store.value('llm#api_key'), 'sk-two');
    });

    it('that never were say so, and so does a login that is refused', async (t) => {
      const server = await start(t);
      const store = await useStore(server, ['nothing']);
      assert.equal(store.value('nothing'), null);
      assert.match(store.problem('nothing') ?? '', /none of that name|ResourceNotFound|NOT_FOUND/);
      const wrong = Object.fromEntries(Object.keys(server.env).map((name) => [name, wrongOf(server.env[name] ?? '')]));
      const refused = await useStore(server, ['nothing'], { env: wrong });
      assert.match(refused.problem('nothing') ?? '', /no token|UnrecognizedClient/);
      assert.doesNotMatch(refused.problem('nothing') ?? '', /wrong-/);
      const none = Object.fromEntries(Object.keys(server.env).map((name) => [name, '']));
      const missing = await useStore(server, ['nothing'], { env: none });
      assert.match(missing.problem('nothing') ?? '', /environment variable \w+ is not set/);
    });

    it('hold nobody up when the store says nothing', async (t) => {
      const server = await start(t);
      server.http.otherwise({ before: 'hang' });
      const begun = performance.now();
      const store = await useStore(server, ['llm'], { spec: { timeout: '200ms' }, patienceMs: 100 });
      assert.ok(performance.now() - begun < 2000);
      assert.equal(store.value('llm'), null);
      assert.match(store.problem('llm') ?? '', /it is being asked for/);
    });
  });
}

describe('a Vault', () => {
  it('is logged in to by the service account of a pod, or by a token that is there', async (t) => {
    const server = await startVault(t);
    server.put('llm', { api_key: 'sk-one' });
    const folder = makeTempDirectory(t, { token: `${POD_TOKEN}\n` });
    const pod = { kind: 'kubernetes', role: 'signalbox', tokenFile: `${folder}/token` };
    assert.equal((await useStore(server, ['llm'], { spec: { auth: pod } })).value('llm'), 'sk-one', 'its only field');
    const token = { kind: 'token', secret: { env: 'VAULT_TOKEN' } };
    assert.equal((await useStore(server, ['llm'], { spec: { auth: token } })).value('llm'), 'sk-one');
    const gone = { ...pod, tokenFile: `${folder}/nowhere` };
    assert.match(
      (await useStore(server, ['llm'], { spec: { auth: gone } })).problem('llm') ?? '',
      /nowhere cannot be read \(ENOENT\)/,
    );
  });

  it('is logged in to anew before the lease ends, and when it has forgotten the token', async (t) => {
    const server = await startVault(t);
    server.leaseS = 600;
    server.put('llm', { api_key: 'sk-one' });
    const store = await useStore(server, ['llm'], { spec: { refresh: '1m' } });
    const logins = () => server.http.requests.filter(({ method }) => method === 'POST').length;
    for (let minute = 0; minute < 30; minute++) await store.pass(MINUTE_MS);
    assert.ok(logins() >= 4 && logins() <= 8, `${logins()} logins in half an hour`);
    assert.deepEqual(store.events, []);
    const before = logins();
    server.tokens.clear();
    server.put('llm', { api_key: 'sk-two' });
    for (let second = 0; second < 90; second++) await store.pass(1000);
    assert.equal(logins(), before + 1);
    assert.equal(store.value('llm'), 'sk-two');
  });

  it('that is sealed, or has no such engine, is trouble and withdraws nothing', async (t) => {
    const server = await startVault(t);
    server.put('llm', { api_key: 'sk-one' });
    const store = await useStore(server, ['llm']);
    server.sealed = true;
    await store.pass(REFRESH_MS);
    assert.equal(store.value('llm'), 'sk-one');
    assert.match(store.states()[0]?.problem ?? '', /answered 503$/);
    const elsewhere = await useStore(server, ['llm'], { spec: { mount: 'nowhere' } });
    assert.match(elsewhere.problem('llm') ?? '', /answered the login with 503/);
    server.sealed = false;
    const unsealed = await useStore(server, ['llm', 'a/../b'], { spec: { mount: 'nowhere' } });
    assert.match(unsealed.problem('llm') ?? '', /answered 404/);
    assert.match(unsealed.problem('a/../b') ?? '', /no `\.` and no `\.\.`/);
  });
});

describe('an Azure Key Vault', () => {
  it('withdraws what is disabled', async (t) => {
    const server = await startAzureVault(t);
    server.put('llm', 'sk-one');
    const store = await useStore(server, ['llm']);
    assert.equal(store.value('llm'), 'sk-one');
    server.disabled.add('llm');
    await store.pass(REFRESH_MS);
    assert.equal(store.value('llm'), null);
    assert.equal(failureOf(store.events[0]), 'missing');
  });
});

describe('AWS Secrets Manager', () => {
  it('gives bytes as well, and ages with both', async (t) => {
    const server = await startAwsSecrets(t);
    server.put('bytes', Buffer.from('sk-bytes'));
    const store = await useStore(server, ['bytes']);
    assert.equal(store.value('bytes'), 'sk-bytes');
    assert.equal(store.states()[0]?.createdAtMs, Date.UTC(2026, 0, 5));
  });
});

describe('Google Secret Manager', () => {
  it('is not believed when the checksum says otherwise', async (t) => {
    const server = await startGoogleSecrets(t);
    server.put('llm', 'sk-one');
    const store = await useStore(server, ['llm']);
    server.http.enqueue({ body: { name: 'x/versions/2', payload: { data: 'c2std3Jvbmc=', dataCrc32c: '1' } } });
    await store.pass(REFRESH_MS);
    assert.equal(store.value('llm'), 'sk-one');
    assert.match(store.states()[0]?.problem ?? '', /checksum/);
    // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });
});

function failureOf(event: object | undefined): unknown {
  return (event as { readonly failure?: unknown } | undefined)?.failure;
}

/** A login that looks right and is not. */
function wrongOf(value: string): string {
  return value.startsWith('{') ? value.replace('box@example.iam', 'wrong@example.iam') : `wrong-${value}`;
}
