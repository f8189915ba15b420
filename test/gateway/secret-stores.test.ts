import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chatAnswer } from '../support/scripted-upstream.ts';
import { startAwsSecrets } from '../support/secret-stores/aws.ts';
import { startAzureVault } from '../support/secret-stores/azure.ts';
import { startGoogleSecrets } from '../support/secret-stores/google.ts';
import type { StoreServer } from '../support/secret-stores/store-server.ts';
import { startVault } from '../support/secret-stores/vault.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';

const ADMIN = { authorization: 'Bearer admin-token-of-the-test' };

/** A gateway whose providers openai, anthropic and gemini take their keys from these stores. */
async function startWithStores(
  t: Cleanup,
  stores: Readonly<Record<string, StoreServer>>,
  more: Readonly<Record<string, string>> = {},
) {
  const providers = await startProviders(t);
  const files = policyFiles(providers);
  const specs = Object.fromEntries(Object.entries(stores).map(([name, { spec }]) => [name, spec]));
  const project = `${files['signalbox.yaml']}  secretStores: ${JSON.stringify(specs)}\n`;
  const names = Object.keys(stores);
  const keyed = ['OPENAI', 'ANTHROPIC', 'GEMINI'].reduce(
    (text, name, at) =>
      text.replace(`{ env: UP_${name}_KEY }`, `{ store: ${names[at % names.length]}, key: "llm#api_key" }`),
    files['providers.yaml'] ?? '',
  );
  const env = Object.assign({}, SECRETS, ...Object.values(stores).map((store) => store.env));
  let passedMs = 0;
  const gateway = await startTestGateway(
    t,
    { ...files, 'signalbox.yaml': project, 'providers.yaml': keyed, ...more },
    { env, adminToken: 'admin-token-of-the-test', alertEveryMs: 100 },
    { nowMs: () => Date.now() + passedMs, draw: Math.random },
  );
  const pass = (ms: number) => {
    passedMs += ms;
  };
  const status = async () => JSON.parse(await (await fetch(`${gateway.url}/admin/status`, { headers: ADMIN })).text());
  const metrics = async () => (await fetch(`${gateway.url}/metrics`)).text();
  return { gateway, providers, status, metrics, pass };
}

async function until(isMet: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isMet()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('it did not come to be within ten seconds');
}

describe('a gateway with secret stores', () => {
  it('has the keys of its providers from the first request on, from several stores at once', async (t) => {
    const stores = { vault: await startVault(t), aws: await startAwsSecrets(t), google: await startGoogleSecrets(t) };
    stores.vault.put('llm', { api_key: 'key-of-vault' });
    stores.aws.put('llm', { api_key: 'key-of-aws' });
    stores.google.put('llm', { api_key: 'key-of-google' });
    const { gateway, providers, status } = await startWithStores(t, stores);
    providers.openai.otherwise({ status: 500, body: {} });
    providers.anthropic.otherwise({ status: 500, body: {} });
    providers.gemini.otherwise({ status: 500, body: {} });
    await post(gateway, '/v1/chat/completions', ask('any'));
    assert.equal(providers.openai.requests[0]?.headers.authorization, 'Bearer key-of-vault');
    assert.equal(providers.anthropic.requests[0]?.headers['x-api-key'], 'key-of-aws');
    assert.equal(providers.gemini.requests[0]?.headers['x-goog-api-key'], 'key-of-google');
    const { storedSecrets } = await status();
    assert.deepEqual(
      storedSecrets.map(({ store, name, isKept, problem }: Record<string, unknown>) => [store, name, isKept, problem]),
      [
        ['vault', 'llm', true, null],
        ['aws', 'llm', true, null],
        ['google', 'llm', true, null],
      ],
    );
  });

  it('notices a key that was rotated when the provider refuses the old one, without a restart', async (t) => {
    const store = await startAzureVault(t);
    store.put('llm', { api_key: 'key-one' });
    const { gateway, providers, pass } = await startWithStores(t, { azure: store });
    providers.openai.otherwise(({ headers }) =>
      headers.authorization === 'Bearer key-two' ? chatAnswer('Hi') : { status: 401, body: {} },
    );
    store.put('llm', { api_key: 'key-two' });
    // The last look must be a while ago: a wrong key is no reason to flood the store.
    assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, 401);
    assert.equal(providers.openai.requests.at(-1)?.headers.authorization, 'Bearer key-one');
    pass(15_000);
    assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, 401);
    await until(async () => (await post(gateway, '/v1/chat/completions', ask('to-openai'))).status === 200);
    const told = gateway.logged.find(({ text }) => text.startsWith('a secret was rotated'));
    assert.match(JSON.stringify(told?.fields), /"store":"azure","name":"llm","version":"2","before":"[0-9a-f]{8}"/);
  });

  it('starts and serves from other targets while a store is away, and recovers by itself', async (t) => {
    const away = await startVault(t);
    away.put('llm', { api_key: 'key-of-vault' });
    away.sealed = true;
    const { gateway, providers, status, metrics, pass } = await startWithStores(t, { vault: away });
    providers.responses.otherwise({ status: 418, body: {} });
    await post(gateway, '/v1/chat/completions', ask('to-responses'));
    assert.equal(providers.responses.requests.length, 1, 'what needs no store is called');
    const refused = await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.equal(refused.status, 502);
    assert.equal(providers.openai.requests.length, 0, 'nothing is called without its key');
    const { storedSecrets, targets } = await status();
    assert.match(storedSecrets[0].problem, /answered the login with 503/);
    assert.equal(targets.find(({ id }: { id: string }) => id === 'only-openai/openai').status, 'secret-missing');
    assert.match(await metrics(), /^signalbox_secret_store_problems\{signalbox_store="vault"\} 1$/m);
    away.sealed = false;
    providers.openai.otherwise(chatAnswer('Hi'));
    pass(60_000);
    await until(async () => (await post(gateway, '/v1/chat/completions', ask('to-openai'))).status === 200);
    assert.equal(providers.openai.requests[0]?.headers.authorization, 'Bearer key-of-vault');
    assert.match(await metrics(), /^signalbox_secret_store_problems\{signalbox_store="vault"\} 0$/m);
    assert.deepEqual(
      gateway.logged.filter(({ text }) => text.includes('secret store')).map(({ level, text }) => [level, text]),
      [
        ['warn', 'a secret store gives no value; what needs it is skipped'],
        ['info', 'a secret store answers again'],
      ],
    );
  });

  it('tells that a key has grown old, by when the store made it', async (t) => {
    const store = await startVault(t);
    store.put('llm', { api_key: 'made in January' });
    const { gateway } = await startWithStores(
      t,
      { vault: store },
      {
        'alerts.yaml': `apiVersion: signalbox/v1
kind: Receiver
metadata: { name: ops }
spec: { webhook: { url: { env: NOT_SET, optional: true } } }
---
apiVersion: signalbox/v1
kind: Alert
metadata: { name: old-keys }
spec: { when: { metric: key-age, above: 90d }, scope: { providers: [up-openai] }, to: [ops] }
`,
      },
    );
    const firing = async () => {
      const answer = await fetch(`${gateway.url}/admin/alerts`, { headers: ADMIN });
      return JSON.parse(await answer.text()).alerts.find(({ alert }: { alert: string }) => alert === 'old-keys');
    };
    await until(async () => (await firing()).state === 'firing');
    assert.ok((await firing()).value > 90 * 86_400_000);
  });

  it('follows the links that Kubernetes swaps under a mounted secret', async (t) => {
    const mount = makeTempDirectory(t, { '..one/key': 'key-one', '..two/key': 'key-two' });
    symlinkSync('..one', join(mount, '..data'));
    symlinkSync('..data/key', join(mount, 'key'));
    const providers = await startProviders(t);
    const files = policyFiles(providers);
    const keyed = (files['providers.yaml'] ?? '').replace('{ env: UP_OPENAI_KEY }', `{ file: ${mount}/key }`);
    let passedMs = 0;
    const gateway = await startTestGateway(
      t,
      { ...files, 'providers.yaml': keyed },
      { env: SECRETS },
      { nowMs: () => Date.now() + passedMs, draw: Math.random },
    );
    providers.openai.otherwise(chatAnswer('Hi'));
    const used = async () => {
      await post(gateway, '/v1/chat/completions', ask('to-openai'));
      return providers.openai.requests.at(-1)?.headers.authorization;
    };
    assert.equal(await used(), 'Bearer key-one');
    symlinkSync('..two', join(mount, '..data_tmp'));
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    passedMs += 1000;
    assert.equal(await used(), 'Bearer key-two');
    rmSync(join(mount, '..data'));
    passedMs += 1000;
    const { status, text } = await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.equal(status, 502);
    assert.doesNotMatch(text, /key-two/);
  });
});
