import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { ask, post, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/providers.md'), 'utf8');
const file = /```yaml\n# policies\/providers\/acme\.yaml\n(?<text>[\s\S]*?)```/.exec(page)?.groups?.text ?? '';
const route =
  'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: all }\nspec: { match: {}, unsupportedParams: drop }\n';
const project =
  'apiVersion: signalbox/v1\nkind: Project\nmetadata: { name: test }\nspec: { anonymous: guest }\n---\n' +
  'apiVersion: signalbox/v1\nkind: Consumer\nmetadata: { name: guest }\nspec: { allow: { models: ["*"] } }\n';

it('a new provider is one YAML file, the one of the page: its quirks, key and price hold for a request', async (t) => {
  const upstream = await startScriptedUpstream();
  t.after(() => upstream.close());
  upstream.otherwise(OPENAI.whole);
  const acme = file.replace('https://api.acme.example', upstream.url);
  assert.notEqual(acme, file);
  const gateway = await startTestGateway(
    t,
    { 'signalbox.yaml': project, 'routes.yaml': route, 'providers/acme.yaml': acme },
    { env: { ACME_API_KEY: 'key-of-acme' } },
  );
  const answer = await post(gateway, '/v1/chat/completions', ask('acme/large', { max_completion_tokens: 50, seed: 7 }));
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get('x-signalbox-model'), 'acme/large');
  assert.match(answer.headers.get('x-signalbox-cost-usd') ?? '', /^0\.0000[1-9]/);
  const [seen] = upstream.requests;
  assert.equal(seen?.headers.authorization, 'Bearer key-of-acme');
  assert.equal(seen?.json.model, 'acme-large-2');
  assert.equal(seen?.json.max_tokens, 50);
  assert.equal(seen?.json.seed, undefined);
});

it('a model of a published list answers on a route without a chain, at its listed price, and a document overrides it', async (t) => {
  const upstream = await startScriptedUpstream();
  t.after(() => upstream.close());
  upstream.otherwise(OPENAI.whole);
  const moved = `apiVersion: signalbox/v1\nkind: Provider\nmetadata: { name: novita }\nspec: { baseUrl: "${upstream.url}/v1" }\n`;
  const dearer =
    'apiVersion: signalbox/v1\nkind: Model\nmetadata: { name: novita/baidu/cobuddy }\nspec:\n  prices:\n' +
    '    - { from: 2020-01-01, input: "1000.00", output: "1000.00", source: "our contract", readAt: 2026-11-01 }\n';
  const files = { 'signalbox.yaml': project, 'routes.yaml': route, 'novita.yaml': moved };
  const cost = async (more: Readonly<Record<string, string>>): Promise<number> => {
    const gateway = await startTestGateway(t, { ...files, ...more }, { env: { NOVITA_API_KEY: 'key' } });
    const answer = await post(gateway, '/v1/chat/completions', ask('novita/baidu/cobuddy'));
    assert.equal(answer.status, 200, answer.text);
    return Number(answer.headers.get('x-signalbox-cost-usd'));
  };
  const listed = await cost({});
  assert.ok(listed > 0 && listed < 0.0005, String(listed));
  assert.ok((await cost({ 'dearer.yaml': dearer })) > 100 * listed);
});
