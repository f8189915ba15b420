import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asArray, asObject } from '#core';
import type { Chunk, Script } from '../support/scripted-upstream.ts';
import {
  ask,
  type Providers,
  policyFiles,
  post,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';
import { ANTHROPIC, GEMINI, OPENAI, type ProviderAnswers } from './provider-answers.ts';

const budgets = (limits: Readonly<Record<string, string>>) =>
  Object.entries(limits)
    .map(
      ([name, limit]) => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: ${name} }
spec: { limit: { ${limit} }, window: { every: day, timezone: UTC }, onExhausted: deny }
`,
    )
    .join('---\n');

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
async function recordOf(gateway: TestGateway, id: string | null): Promise<any> {
  while ((await gateway.status()).counts.inFlight > 0) await new Promise(setImmediate);
  const response = await fetch(`${gateway.url}/admin/records/${id}`);
  assert.equal(response.status, 200);
  return response.json();
}

async function standings(gateway: TestGateway) {
  const response = await fetch(`${gateway.url}/admin/budgets`);
  return asArray(asObject(await response.json()).budgets).map(asObject);
}

function heldOf(record: { readonly decision: object }, budget: string): number {
  const reservations = asArray(asObject(record.decision).reservations).map(asObject);
  return Number(reservations.find((each) => each.budget === budget)?.amount);
}

const wholeOf = (usage: object): Script => ({ body: { ...asObject(OPENAI.whole.body), usage } });

describe('what is held for a request', () => {
  it('covers text in which every byte is a token, in messages, schemas and tools', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(
      t,
      policyFiles(providers, { 'budgets.yaml': budgets({ input: 'inputTokens: 100000' }) }),
      {
        env: SECRETS,
      },
    );
    const dense = '\u0001\u0002漢😀'.repeat(200);
    const question = ask('to-openai', {
      messages: [{ role: 'user', content: dense }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { enum: [dense] } } },
      tools: [{ type: 'function', function: { name: 'f', description: dense, parameters: {} } }],
    });
    const most = 3 * Buffer.byteLength(dense) + 600;
    providers.openai.enqueue(wholeOf({ prompt_tokens: most, completion_tokens: 3, total_tokens: most + 3 }));
    const answer = await post(gateway, '/v1/chat/completions', question);
    assert.equal(answer.status, 200);
    const record = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
    assert.equal(record.outcome.overruns, undefined);
    assert.ok(record.request.inputTokens < most && record.request.inputTokensAtMost >= most);
    assert.ok(heldOf(record, 'input') >= most);
  });

  it('is the context window where the body does not tell, so that a document waits for room', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(
      t,
      policyFiles(providers, { 'budgets.yaml': budgets({ input: 'inputTokens: 99999' }) }),
      {
        env: SECRETS,
      },
    );
    const withFile = ask('to-openai', {
      messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }],
    });
    const refused = await post(gateway, '/v1/chat/completions', withFile);
    assert.equal(refused.json.error.code, 'budget_exceeded');
    assert.match(refused.json.error.message, /100000 for this request over 99999 input tokens/);
    assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, 200);
  });

  it('does not hide what a provider bills beyond it: charged in full, logged, counted and recorded', async (t) => {
    const providers = await startProviders(t);
    const files = policyFiles(providers, {
      'budgets.yaml': budgets({ input: 'inputTokens: 100000', money: 'cost: "1 USD"' }),
    });
    const gateway = await startTestGateway(t, files, { env: SECRETS });
    providers.openai.enqueue(wholeOf({ prompt_tokens: 50_000, completion_tokens: 3, total_tokens: 50_003 }));
    const answer = await post(gateway, '/v1/chat/completions', ask('to-openai', { max_tokens: 10 }));
    const record = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
    const expected = ['input', 'money'].map((budget) => ({
      budget,
      amount: (budget === 'input' ? 50_000 : 50_030) - heldOf(record, budget),
    }));
    assert.deepEqual(record.outcome.overruns, expected);
    const warnings = gateway.logged.filter(({ text }) => text.includes('billed beyond what was held'));
    assert.deepEqual(
      warnings.map(({ level, fields }) => [level, fields.budget]),
      [
        ['warn', 'input'],
        ['warn', 'money'],
      ],
    );
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /signalbox_budget_overruns_total\{[^}]*signalbox_budget="money"[^}]*\} 1/);
    const counters = await standings(gateway);
    assert.deepEqual(
      counters.map(({ budget, spent, held }) => [budget, spent, held]),
      [
        ['input', 50_000, 0],
        ['money', 50_030, 0],
      ],
    );
  });
});

const PROVIDERS: readonly (readonly [keyof Providers, ProviderAnswers])[] = [
  ['openai', OPENAI],
  ['anthropic', ANTHROPIC],
  ['gemini', GEMINI],
];

const LONG = 'internationalisation '.repeat(30);

describe('an answer without usage is counted here, marked, and never over its hold:', () => {
  for (const [name, answers] of PROVIDERS) {
    for (const kind of ['whole', 'stream', 'broken stream'] as const) {
      it(`${name}, ${kind}`, async (t) => {
        const providers = await startProviders(t);
        const gateway = await startTestGateway(
          t,
          policyFiles(providers, { 'budgets.yaml': budgets({ all: 'tokens: 100000' }) }),
          {
            env: SECRETS,
          },
        );
        providers[name].enqueue(scriptOf(answers, kind));
        const question = ask(`to-${name}`, { max_tokens: 5, stream: kind !== 'whole' });
        const answer = await post(gateway, '/v1/chat/completions', question);
        const record = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
        assert.equal(record.outcome.estimated, true);
        const { input, output } = record.attempts[0].usage;
        // Five characters and four tokens of overhead; the text is long, yet the cap was five.
        assert.deepEqual([input, output], [6, 5]);
        assert.equal(record.outcome.overruns, undefined);
        const [all] = await standings(gateway);
        assert.deepEqual([all?.spent, all?.held], [11, 0]);
      });
    }
  }
});

/** The answer with a long text and no usage at all. */
function scriptOf(
  { whole, stream, firstContent }: ProviderAnswers,
  kind: 'whole' | 'stream' | 'broken stream',
): Script {
  if (kind === 'whole') return { body: JSON.parse(strip(JSON.stringify(whole.body))) };
  if (kind === 'stream') return { chunks: (stream.chunks ?? []).map(stripChunk) };
  return { chunks: [...firstContent.map(stripChunk), 'reset'] };
}

function stripChunk(chunk: Chunk): Chunk {
  return typeof chunk === 'string' ? strip(chunk) : chunk;
}

function strip(text: string): string {
  return text
    .replace(/,"(usage|usageMetadata)":(null|\{[^{}]*(\{[^{}]*\}[^{}]*)*\})/g, '')
    .replace(/"Hi( there)?"/g, JSON.stringify(LONG));
}
