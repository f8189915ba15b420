import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { chatAnswer } from '../support/scripted-upstream.ts';
import { startAwsSecrets } from '../support/secret-stores/aws.ts';
import { startAzureVault } from '../support/secret-stores/azure.ts';
import { startGoogleSecrets } from '../support/secret-stores/google.ts';
import { startVault } from '../support/secret-stores/vault.ts';
import { startHttpReceiver } from '../telemetry/otlp-receiver.ts';
import { findPlanted, type Planted, type Written, writtenFiles } from '../telemetry/planted.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';

const ADMIN_TOKEN = 'admin-token-of-the-planted-test';
const PLACES = ['vault', 'aws', 'google', 'azure'] as const;

describe('what a gateway with secret stores writes', () => {
  it('holds no byte of any secret, whatever the stores and the providers say', async (t) => {
    const stores = {
      vault: await startVault(t),
      aws: await startAwsSecrets(t),
      google: await startGoogleSecrets(t),
      azure: await startAzureVault(t),
    };
    const planted: Planted[] = [];
    const plant = (place: string) => {
      const value = `Zq7${randomBytes(18).toString('base64url').replaceAll(/[-_]/g, 'x')}`;
      planted.push({ place, value });
      return value;
    };
    for (const place of PLACES)
      stores[place].put('llm', { api_key: plant(`${place}, version 1`), other: plant(place) });
    for (const [name, value] of PLACES.flatMap((place) => Object.entries(stores[place].env))) {
      // An id is no secret; a key file is one by its key.
      if (/_ID$/.test(name) && name !== 'SECRET_ID') continue;
      const { private_key } = value.startsWith('{') ? JSON.parse(value) : { private_key: null };
      planted.push({ place: name, value: private_key === null ? value : (String(private_key).split('\n')[3] ?? '') });
    }

    const [providers, receiver] = await Promise.all([startProviders(t), startHttpReceiver(t)]);
    const files = policyFiles(providers, {
      'guard.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: hook }
spec: { stage: [input], checks: [{ id: it, check: webhook, url: "${providers.ollama.url}/hook", action: block, onError: pass, secret: { store: vault, key: "llm#other" } }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: hooked }
spec: { match: { models: [hooked] }, chain: only-openai, guardrails: [hook] }
`,
    });
    const specs = Object.fromEntries(PLACES.map((place) => [place, { ...stores[place].spec, refresh: '1m' }]));
    const keyed = ['OPENAI', 'ANTHROPIC', 'GEMINI', 'COHERE'].reduce(
      (text, name, at) => text.replace(`{ env: UP_${name}_KEY }`, `{ store: ${PLACES[at]}, key: "llm#api_key" }`),
      files['providers.yaml'] ?? '',
    );
    let passedMs = 0;
    const gateway = await startTestGateway(
      t,
      {
        ...files,
        'signalbox.yaml': `${files['signalbox.yaml']}  telemetry: { traceSample: 100%, contentCapture: true }\n  secretStores: ${JSON.stringify(specs)}\n`,
        'providers.yaml': keyed,
      },
      {
        adminToken: ADMIN_TOKEN,
        env: Object.assign(
          {
            OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
            OTEL_METRIC_EXPORT_INTERVAL: '200',
            OTEL_BSP_SCHEDULE_DELAY: '100',
          },
          SECRETS,
          ...PLACES.map((place) => stores[place].env),
        ),
      },
      { nowMs: () => Date.now() + passedMs, draw: Math.random },
    );
    const written: Written[] = [];
    const models = ['to-openai', 'to-anthropic', 'to-gemini', 'to-cohere', 'hooked', 'any'];
    async function look(what: string): Promise<void> {
      for (const model of models) {
        const answer = await post(gateway, '/v1/chat/completions', ask(model));
        written.push({
          where: `${what}: answer of ${model}`,
          bytes: Buffer.from(`${JSON.stringify([...answer.headers])}${answer.text}`),
        });
      }
      for (const path of ['/admin/status', '/admin/policies', '/metrics', '/readyz', '/admin/records?limit=100']) {
        const answer = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
        written.push({ where: `${what}: ${path}`, bytes: Buffer.from(await answer.arrayBuffer()) });
      }
    }
    // Minutes apart, so that the stores are asked again; each tick of the gateway's own timer is a second.
    async function later(isSeen: () => boolean): Promise<void> {
      passedMs += 60_000;
      for (let tries = 0; tries < 100 && !isSeen(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(isSeen());
    }
    const logged = (text: string) => gateway.logged.filter((line) => line.text.includes(text)).length;

    // Providers that say the key back to whoever asks: some do.
    const echo = ({ headers }: { readonly headers: object }) => ({
      status: 401,
      body: { error: { message: `Incorrect API key provided: ${JSON.stringify(headers)}`, code: 'invalid_api_key' } },
    });
    for (const provider of Object.values(providers)) provider.otherwise(chatAnswer('Hi there'));
    await look('all is well');
    for (const provider of Object.values(providers)) provider.otherwise(echo);
    await look('refused');
    for (const place of PLACES)
      stores[place].put('llm', { api_key: plant(`${place}, version 2`), other: plant(place) });
    await later(() => logged('rotated') === PLACES.length);
    await look('rotated');
    // Stores that say a secret where they should say why there is none.
    for (const place of PLACES) {
      const value = plant(`${place}, in an error`);
      stores[place].http.otherwise({
        status: 500,
        body: { error: value, errors: [value], __type: value, message: value },
      });
    }
    await later(() => logged('no newer value') === PLACES.length);
    await look('away');
    for (const place of PLACES)
      stores[place].http.otherwise({
        status: 404,
        body: {
          errors: [],
          error: { status: 'NOT_FOUND', message: plant(place) },
          __type: 'ResourceNotFoundException',
        },
      });
    await later(() => Object.values(gateway.logged).filter(({ text }) => text.includes('no value')).length >= 3);
    await look('deleted');
    await receiver.when(() => receiver.spans.length > 0 && receiver.metrics.length > 0);
    await gateway.close(5000);

    written.push({ where: 'log', bytes: Buffer.from(gateway.logged.map((line) => JSON.stringify(line)).join('\n')) });
    written.push({ where: 'spans', bytes: Buffer.from(JSON.stringify(receiver.spans)) });
    written.push({ where: 'metrics over OTLP', bytes: Buffer.from(JSON.stringify(receiver.metrics)) });
    written.push(...writtenFiles(gateway.dataDir));
    assert.deepEqual(findPlanted(written, planted), []);

    // The search looks at the right bytes: the store's name is told by the log, the status and the metrics, and the requests by the spans and records.
    const control = (value: string) => findPlanted(written, [{ place: 'control', value }]).join('\n');
    for (const where of ['log', '/admin/status', '/metrics', 'metrics over OTLP'])
      assert.match(control('vault'), new RegExp(`in .*${where}`), where);
    for (const where of ['spans', 'records']) assert.match(control('only-openai'), new RegExp(`in .*${where}`), where);
    const used = [providers.openai, providers.anthropic, providers.gemini, providers.cohere].flatMap(
      ({ requests }) => requests,
    );
    const sent = used.map(({ headers }) => JSON.stringify(headers)).join('\n');
    for (const place of PLACES) {
      for (const version of [1, 2]) {
        const value = planted.find((each) => each.place === `${place}, version ${version}`)?.value ?? 'none';
        assert.ok(sent.includes(value), `the key of ${place}, version ${version}, was used`);
      }
    }
  });
});
