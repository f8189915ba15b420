import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const KEYS = { web: `sbx_web${'0'.repeat(40)}`, bot: `sbx_bot${'0'.repeat(40)}`, other: `sbx_other${'0'.repeat(40)}` };

const consumer = (name: string, parent: string | null, key: string | null) => `apiVersion: signalbox/v1
kind: Consumer
metadata: { name: ${name} }
spec:
  keys: [${key === null ? '' : `{ id: k, sha256: ${hash('sha256', key)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }`}]
${parent === null ? '' : `  parent: ${parent}\n`}`;
const budget = (name: string, scope: string, limit: string) => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: ${name} }
spec: { scope: { consumers: [${scope}] }, limit: { ${limit} }, window: { every: day, timezone: UTC }, onExhausted: deny }
`;

/** Room for one request of 100 tokens at a time on every level. */
const NARROW = ['company', 'product', 'web'].map((name) => budget(`${name}-tokens`, name, 'tokens: 700')).join('---\n');

/** company → product → web and bot; company → other. */
const COMPANY = [
  consumer('company', null, null),
  consumer('product', 'company', null),
  consumer('web', 'product', KEYS.web),
  consumer('bot', 'product', KEYS.bot),
  consumer('other', 'company', KEYS.other),
  budget('company-day', 'company', 'requests: 7'),
  budget('product-day', 'product', 'requests: 5'),
  budget('web-day', 'web', 'requests: 3'),
].join('---\n');

async function start(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, policyFiles(providers, { 'company.yaml': COMPANY, ...more }), {
    env: SECRETS,
  });
  const send = (who: keyof typeof KEYS, fields: object = {}) =>
    post(gateway, '/v1/chat/completions', ask('to-openai', fields), { authorization: `Bearer ${KEYS[who]}` });
  return { providers, gateway, send };
}

describe('organisation, team and consumer', () => {
  it('each count what is below them, and each can refuse', async (t) => {
    const { providers, send } = await start(t);
    providers.openai.otherwise(OPENAI.whole);
    const results: string[] = [];
    for (const who of ['web', 'web', 'web', 'web', 'bot', 'bot', 'bot', 'other', 'other', 'other'] as const) {
      const { status, json } = await send(who);
      results.push(status === 200 ? `${who} passes` : `${who}: ${/budget ([\w-]+)/.exec(json.error.message)?.[1]}`);
    }
    assert.deepEqual(results, [
      ...['web passes', 'web passes', 'web passes', 'web: web-day'],
      ...['bot passes', 'bot passes', 'bot: product-day'],
      ...['other passes', 'other passes', 'other: company-day'],
    ]);
  });

  it('get back what a failed request held, on every level', async (t) => {
    const company = COMPANY.replace(/requests: \d/g, 'requests: 100');
    const { providers, send } = await start(t, { 'company.yaml': company, 'narrow.yaml': NARROW });
    providers.openai.otherwise(OPENAI.error(400));
    for (let at = 0; at < 10; at++) assert.equal((await send('web', { max_tokens: 100 })).status, 400);
    assert.equal((await send('web', { max_tokens: 800 })).status, 429, 'the hold is more than there is');
    providers.openai.otherwise(OPENAI.whole);
    assert.equal((await send('web', { max_tokens: 100 })).status, 200);
  });

  it('let through no more than the tightest of them has room for, however many come at once', async (t) => {
    const { providers, send } = await start(t);
    providers.openai.otherwise(OPENAI.whole);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => send((['web', 'bot', 'other'] as const)[at % 3] ?? 'web')),
    );
    const passed = answers.filter(({ status }) => status === 200).length;
    assert.equal(passed, 7);
    assert.equal(providers.openai.requests.length, 7);
  });
});
