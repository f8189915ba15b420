import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MeasuredRequest, openMetrics } from '#telemetry';

const REQUEST: MeasuredRequest = {
  operation: 'chat',
  consumer: 'app',
  team: 'product',
  route: 'default',
  provider: 'openai',
  model: 'openai/gpt-4o',
  status: 200,
  code: null,
  streamed: true,
  cache: 'off',
  fallback: 'auth',
  durationMs: 1500,
  firstTokenMs: 500,
  overheadMs: 2,
  usage: {
    input: 100,
    cacheRead: 20,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 11,
    reasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  },
  costMicroUsd: 600,
  attempts: [
    { target: 'premium/gpt', provider: 'openai', model: 'openai/gpt-4o', outcome: 'auth', durationMs: 10 },
    {
      target: 'premium/claude',
      provider: 'anthropic',
      model: 'anthropic/claude-sonnet-4-5',
      outcome: 'ok',
      durationMs: 1400,
    },
  ],
  budgets: [{ budget: 'month', usedRatio: 0.25 }],
};

const NAMES = new Set(['app', 'product', 'default', 'openai', 'openai/gpt-4o', 'premium/gpt', 'month']);

function open(known: ReadonlySet<string> = NAMES) {
  return openMetrics({
    version: '0.1.0',
    known: { has: (_label, value) => known.has(value) },
    policies: () => ({
      revision: 'abc',
      digest: 'abcdef',
      environment: 'production',
      lastReloadSuccessful: false,
      rejected: 3,
      recordsDropped: 7,
    }),
  });
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A strict reader of the Prometheus text format 0.0.4: anything unexpected throws. */
function readExposition(text: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE|UNIT) [a-zA-Z_:][a-zA-Z0-9_:]* /.test(line)) continue;
    const found = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[\d.e+-]+|\+Inf|NaN)( \d+)?$/.exec(line);
    assert.ok(found, `not an exposition line: ${line}`);
    const labels: Record<string, string> = {};
    const text = found[2] ?? '';
    const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
    while (pair.lastIndex < text.length) {
      const label = pair.exec(text);
      assert.ok(label, `not labels: ${text}`);
      labels[label[1] ?? ''] = label[2] ?? '';
    }
    samples.push({ name: found[1] ?? '', labels, value: Number(found[3]) });
  }
  return samples;
}

describe('the metrics', () => {
  test('have the names, units and values of the contract', async () => {
    const metrics = open();
    metrics.measure(REQUEST);
    const samples = readExposition(await metrics.scrape());
    const value = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
      samples.find(
        (each) => each.name === name && Object.entries(labels).every(([key, wanted]) => each.labels[key] === wanted),
      )?.value;
    assert.equal(value('gen_ai_client_operation_duration_sum'), 1.5);
    assert.equal(value('gen_ai_client_operation_duration_bucket', { le: '1.28' }), 0);
    assert.equal(value('gen_ai_client_operation_duration_bucket', { le: '2.56' }), 1);
    assert.equal(value('gen_ai_client_token_usage_sum', { gen_ai_token_type: 'input' }), 120);
    assert.equal(value('gen_ai_client_token_usage_sum', { gen_ai_token_type: 'output' }), 11);
    assert.equal(value('gen_ai_server_time_to_first_token_sum'), 0.5);
    assert.equal(value('gen_ai_server_time_per_output_token_sum'), 0.1);
    assert.equal(value('signalbox_cost_total', { signalbox_team: 'product' }), 0.0006);
    assert.equal(value('signalbox_fallbacks_total', { signalbox_reason: 'auth' }), 1);
    assert.equal(value('signalbox_attempts_total', { signalbox_outcome: 'auth' }), 1);
    assert.equal(value('signalbox_budget_used_ratio', { signalbox_budget: 'month' }), 0.25);
    assert.equal(value('signalbox_config_info', { revision: 'abc', digest: 'abcdef' }), 1);
    assert.equal(value('signalbox_config_last_reload_successful'), 0);
    assert.equal(value('signalbox_config_rejected_total'), 3);
    assert.equal(value('signalbox_recorder_dropped_total'), 7);
    assert.equal(value('signalbox_overhead_duration_sum'), 0.002);
    await metrics.close();
  });

  test('a flood of unknown names makes no new series', async () => {
    const metrics = open();
    const count = async (): Promise<number> => readExposition(await metrics.scrape()).length;
    metrics.measure({ ...REQUEST, model: 'first unknown', consumer: 'first', route: 'x', team: 'y' });
    const before = await count();
    for (let n = 0; n < 500; n++) {
      const name = `name-${n}"\n\\`;
      metrics.measure({ ...REQUEST, model: name, consumer: name, route: name, team: name });
    }
    assert.equal(await count(), before);
    assert.ok((await metrics.scrape()).includes('gen_ai_request_model="other"'));
    await metrics.close();
  });

  test('a missing usage and an unknown cost count nothing', async () => {
    const metrics = open();
    metrics.measure({ ...REQUEST, usage: null, costMicroUsd: null, fallback: null });
    const names = new Set(readExposition(await metrics.scrape()).map(({ name }) => name));
    for (const absent of ['gen_ai_client_token_usage_sum', 'signalbox_cost_total', 'signalbox_fallbacks_total']) {
      assert.ok(!names.has(absent), absent);
    }
    await metrics.close();
  });
});
