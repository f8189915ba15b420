import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { chatChunk, type Script, sse, usageChunk } from '../support/scripted-upstream.ts';
import { until } from '../support/start-redis.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const BUDGET = `apiVersion: signalbox/v1
kind: Budget
metadata: { name: money }
spec: { limit: { cost: "1 USD" }, window: { every: quarter, timezone: UTC }, onExhausted: deny }
`;
/** 9 tokens of input at 1 micro-dollar, 3 of output at 10. */
const COST = 39;

async function start(t: TestContext, onDisconnect: 'abort' | 'drain') {
  const providers = await startProviders(t);
  const files = policyFiles(providers, { 'budgets.yaml': BUDGET });
  const provider = files['providers.yaml']!.replace('dialect: openai-chat,', `$& onDisconnect: ${onDisconnect},`);
  const gateway = await startTestGateway(t, { ...files, 'providers.yaml': provider }, { env: SECRETS });
  return { providers, gateway };
}

/** Asks, and hangs up once the answer has begun, or (for a whole answer) once the provider has the question. */
async function hangUp(gateway: TestGateway, fields: object, whenAsked: Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const asked = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ask('to-openai', { max_tokens: 50, ...fields })),
    signal: controller.signal,
  });
  asked.catch(() => undefined);
  await whenAsked;
  if ('stream' in fields) await (await asked).body?.getReader().read();
  controller.abort();
}

async function account(gateway: TestGateway) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
  const read = async (path: string) => (await (await fetch(`${gateway.url}${path}`)).json()) as any;
  await until(async () => (await gateway.status()).counts.inFlight === 0);
  const { budgets } = await read('/admin/budgets');
  const { totals } = await read('/admin/usage');
  const [{ spent, held }] = budgets;
  return { spent, held, costMicroUsd: totals.costMicroUsd, estimated: totals.estimated, requests: totals.requests };
}

describe('a caller that hangs up on a provider that bills the whole answer', () => {
  const rest = [...sse(chatChunk({ content: ' there' }), chatChunk({}, 'stop'), usageChunk, '[DONE]')];

  it('in a stream is charged what the provider bills, where its answers are drained', async (t) => {
    const { providers, gateway } = await start(t, 'drain');
    const go = Promise.withResolvers<void>();
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, { wait: go.promise }, ...rest] });
    await hangUp(gateway, { stream: true }, providers.openai.whenRequested(1));
    go.resolve();
    const expected = { spent: COST, held: 0, costMicroUsd: COST, estimated: 0, requests: 1 };
    assert.deepEqual(await account(gateway), expected);
    assert.equal(providers.openai.aborted(), 0);
  });

  it('before a whole answer is charged what the provider bills, where its answers are drained', async (t) => {
    const { providers, gateway } = await start(t, 'drain');
    const go = Promise.withResolvers<void>();
    providers.openai.enqueue({ ...OPENAI.whole, before: { wait: go.promise } });
    await hangUp(gateway, {}, providers.openai.whenRequested(1));
    go.resolve();
    const expected = { spent: COST, held: 0, costMicroUsd: COST, estimated: 0, requests: 1 };
    assert.deepEqual(await account(gateway), expected);
  });

  it('in a stream that is cut off is charged what came, as an estimate', async (t) => {
    const { providers, gateway } = await start(t, 'abort');
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'hang'] });
    await hangUp(gateway, { stream: true }, providers.openai.whenRequested(1));
    await providers.openai.whenAborted(1);
    const { spent, held, costMicroUsd, estimated } = await account(gateway);
    assert.ok(spent > 0 && spent < COST, String(spent));
    assert.deepEqual([held, costMicroUsd, estimated], [0, spent, 1]);
  });
});

describe('an attempt that failed and was billed', () => {
  it('is charged beside the one that served', async (t) => {
    const { providers, gateway } = await start(t, 'abort');
    const files: Script = { chunks: [...claudeStart(), ...overloaded()] };
    providers.openai.enqueue(OPENAI.error(500));
    providers.anthropic.enqueue(files);
    providers.gemini.otherwise(OPENAI.error(500));
    const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o', { stream: true, max_tokens: 50 }));
    assert.equal(answer.headers.get('x-signalbox-attempts'), '3', answer.text);
    const { spent, held, costMicroUsd } = await account(gateway);
    // Nine tokens of input and one of output, which the provider had reported before it broke.
    assert.deepEqual({ spent, held, costMicroUsd }, { spent: 19, held: 0, costMicroUsd: 19 });
  });
});

/** The frames before the first content: they tell of usage. */
function claudeStart(): readonly string[] {
  return ANTHROPIC.firstContent.slice(0, 1) as readonly string[];
}

function overloaded(): readonly string[] {
  return [
    `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } })}\n\n`,
  ];
}
