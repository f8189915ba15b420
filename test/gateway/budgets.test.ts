import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, type Providers, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const budget = (name: string, limit: string, more = '') => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: ${name} }
spec: { limit: { ${limit} }, window: { rolling: 60s }, onExhausted: deny${more} }
`;

const only = (providers: Providers, text: string) => policyFiles(providers, { 'budgets.yaml': text });

describe('budgets hold over the wire', () => {
  it('of many requests at once no more pass than the budget has room for', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, only(providers, budget('few', 'requests: 5')), { env: SECRETS });
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => post(gateway, '/v1/chat/completions', ask('to-openai'))),
    );
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 5);
    assert.equal(providers.openai.requests.length, 5);
    const refused = answers.find(({ status }) => status === 429);
    assert.equal(refused?.json.error.code, 'rate_limited');
    assert.match(refused?.headers.get('retry-after') ?? '', /^\d+$/);
  });

  it('a failed request gives its hold back, a served one is charged what it used', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, only(providers, budget('tokens', 'tokens: 5000')), { env: SECRETS });
    providers.openai.enqueue(OPENAI.error(500), OPENAI.whole, OPENAI.whole);
    const send = () => post(gateway, '/v1/chat/completions', ask('to-openai', { max_tokens: 100 }));
    assert.equal((await send()).status, 500);
    assert.equal((await send()).headers.get('x-signalbox-budget-remaining'), 'tokens=4988;tokens');
    assert.equal((await send()).headers.get('x-signalbox-budget-remaining'), 'tokens=4976;tokens');
  });

  it('every answer asked for is held, in the words of each dialect', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, only(providers, budget('output', 'outputTokens: 1000')), {
      env: SECRETS,
    });
    providers.openai.otherwise(OPENAI.whole);
    const openai = (n: number) => post(gateway, '/v1/chat/completions', ask('to-openai', { max_tokens: 100, n }));
    const gemini = (candidateCount: number) =>
      post(gateway, '/v1beta/models/to-openai:generateContent', {
        contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
        generationConfig: { maxOutputTokens: 100, candidateCount },
      });
    assert.equal((await openai(11)).status, 429);
    assert.equal((await gemini(11)).status, 429);
    assert.equal(providers.openai.requests.length, 0);
    assert.equal((await openai(9)).status, 200);
    assert.equal((await gemini(9)).status, 200);
  });

  it('a call that times out gives its hold back, and is charged what came of a stream, as an estimate', async (t) => {
    const providers = await startProviders(t);
    const slow = `---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: slow }
spec:
  defaults: { timeouts: { connect: 5s, firstToken: 150ms, idle: 150ms, total: 5s }, retry: { max: 0, on: [] } }
  targets: [{ id: openai, model: up-openai/model }]
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: slow }
spec: { match: { models: [slow] }, chain: slow }
`;
    const gateway = await startTestGateway(t, only(providers, budget('tokens', 'tokens: 5000') + slow), {
      env: SECRETS,
    });
    const counter = async () => {
      await whenIdle(gateway);
      // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
      const report: any = await (await fetch(`${gateway.url}/admin/budgets`)).json();
      const { spent, held } = report.budgets.find((each: { budget: string }) => each.budget === 'tokens');
      return { spent, held };
    };
    providers.openai.enqueue({ before: 'hang' }, { chunks: [...OPENAI.firstContent, 'hang'] });
    const chat = () => post(gateway, '/v1/chat/completions', ask('slow', { max_tokens: 100, stream: true }));
    const late = await chat();
    assert.deepEqual([late.status, late.json.error.code], [502, 'chain_exhausted']);
    assert.deepEqual(await counter(), { spent: 0, held: 0 });
    const cut = await chat();
    assert.match(cut.text, /"error"/);
    const { spent, held } = await counter();
    assert.equal(held, 0);
    assert.ok(spent > 0 && spent < 100, `${spent} tokens for what came`);
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const usage: any = await (await fetch(`${gateway.url}/admin/usage?by=model`)).json();
    assert.equal(usage.groups[0].estimated, 1);
  });

  it('a caller that hangs up frees its place', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, only(providers, budget('one', 'concurrency: 1')), { env: SECRETS });
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'hang'] });
    providers.openai.otherwise(OPENAI.whole);
    const controller = new AbortController();
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask('to-openai', { stream: true })),
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, 429);
    controller.abort();
    await providers.openai.whenAborted(1);
    await whenIdle(gateway);
    assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, 200);
  });
});

async function whenIdle(gateway: Awaited<ReturnType<typeof startTestGateway>>): Promise<void> {
  while ((await gateway.status()).counts.inFlight > 0) await new Promise(setImmediate);
}
