import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { type MeasuredRequest, openMetrics, type PolicyState } from '#telemetry';
import { requireProgram } from '../support/skip.ts';
import { type Family, parsePrometheusText } from './prometheus-text.ts';

const KNOWN = new Set(['app', 'product', 'default', 'openai', 'openai/gpt-4o', 'premium/gpt', 'product-day']);
const POLICIES: PolicyState = {
  revision: '4f8b42c22dd3',
  digest: '4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358',
  environment: 'production',
  lastReloadSuccessful: false,
  rejected: 3,
  recordsDropped: 7,
};

const NOW_MS = Date.UTC(2026, 10, 23, 9);

function request(overrides: Partial<MeasuredRequest> = {}): MeasuredRequest {
  return {
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
    fallback: null,
    durationMs: 1500,
    firstTokenMs: 300,
    overheadMs: 1.2,
    usage: {
      ...{ input: 100, cacheRead: 20, cacheWrite: 0, cacheWrite1h: 0 },
      ...{ output: 30, reasoning: 11, audioInput: 0, audioOutput: 0 },
    },
    costMicroUsd: 600,
    attempts: [{ target: 'premium/gpt', provider: 'openai', model: 'openai/gpt-4o', outcome: 'ok', durationMs: 1490 }],
    budgets: [{ budget: 'product-day', usedRatio: 0.25 }],
    overruns: [],
    ...overrides,
  };
}

async function scrapeOf(requests: readonly MeasuredRequest[]): Promise<ReadonlyMap<string, Family>> {
  const metrics = openMetrics({
    version: '0.1.0',
    known: { has: (_label, value) => KNOWN.has(value) },
    policies: () => POLICIES,
    nowMs: () => NOW_MS,
  });
  for (const each of requests) metrics.measure(each);
  const { text } = metrics.scrape();
  await metrics.close();
  return parsePrometheusText(text);
}

function sampleOf(families: ReadonlyMap<string, Family>, name: string, labels: Readonly<Record<string, string>> = {}) {
  const found = [...families.values()]
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name && Object.entries(labels).every(([key, v]) => sample.labels[key] === v));
  assert.equal(found.length, 1, `${found.length} samples of ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value;
}

/** Every instrument of the contract, as Prometheus names it. */
const CONTRACT: readonly (readonly [family: string, type: string])[] = [
  ['gen_ai_client_operation_duration', 'histogram'],
  ['gen_ai_client_token_usage', 'histogram'],
  ['gen_ai_server_time_to_first_token', 'histogram'],
  ['gen_ai_server_time_per_output_token', 'histogram'],
  ['signalbox_overhead_duration', 'histogram'],
  ['signalbox_cost_total', 'counter'],
  ['signalbox_attempts_total', 'counter'],
  ['signalbox_fallbacks_total', 'counter'],
  ['signalbox_cache_requests_total', 'counter'],
  ['signalbox_config_rejected_total', 'counter'],
  ['signalbox_recorder_dropped_total', 'counter'],
  ['signalbox_budget_used_ratio', 'gauge'],
  ['signalbox_budget_overruns_total', 'counter'],
  ['signalbox_config_info', 'gauge'],
  ['signalbox_config_last_reload_successful', 'gauge'],
];

describe('metrics', () => {
  test('every instrument of the contract is there, with its type and a help text', async () => {
    const families = await scrapeOf([request({ fallback: 'rate-limit', overruns: ['product-day'] })]);
    for (const [name, type] of CONTRACT) {
      assert.equal(families.get(name)?.type, type, name);
      assert.ok((families.get(name)?.help.length ?? 0) > 10, name);
    }
  });

  test('a request counts in seconds, tokens and USD, and the policies as they are when asked', async () => {
    const families = await scrapeOf([request(), request({ fallback: 'auth', costMicroUsd: 400 })]);
    assert.equal(sampleOf(families, 'gen_ai_client_operation_duration_sum'), 3);
    assert.equal(sampleOf(families, 'gen_ai_client_operation_duration_bucket', { le: '1.28' }), 0);
    assert.equal(sampleOf(families, 'gen_ai_client_operation_duration_bucket', { le: '2.56' }), 2);
    assert.equal(sampleOf(families, 'gen_ai_client_token_usage_sum', { gen_ai_token_type: 'input' }), 240);
    assert.equal(sampleOf(families, 'gen_ai_client_token_usage_sum', { gen_ai_token_type: 'output' }), 82);
    assert.equal(sampleOf(families, 'gen_ai_server_time_to_first_token_sum'), 0.6);
    assert.equal(sampleOf(families, 'gen_ai_server_time_per_output_token_sum'), 0.06);
    assert.equal(sampleOf(families, 'signalbox_overhead_duration_sum'), 0.0024);
    assert.equal(sampleOf(families, 'signalbox_cost_total', { signalbox_consumer: 'app' }), 0.001);
    assert.equal(sampleOf(families, 'signalbox_fallbacks_total', { signalbox_reason: 'auth' }), 1);
    assert.equal(sampleOf(families, 'signalbox_attempts_total', { signalbox_outcome: 'ok' }), 2);
    assert.equal(sampleOf(families, 'signalbox_budget_used_ratio', { signalbox_budget: 'product-day' }), 0.25);
    const { revision, digest } = POLICIES;
    assert.equal(sampleOf(families, 'signalbox_config_info', { revision, digest }), 1);
    assert.equal(sampleOf(families, 'signalbox_config_last_reload_successful'), 0);
    assert.equal(sampleOf(families, 'signalbox_config_rejected_total'), 3);
    assert.equal(sampleOf(families, 'signalbox_recorder_dropped_total'), 7);
  });

  test('names that no policy and no catalogue entry knows make one series, however many callers send', async () => {
    const foreign = Array.from({ length: 500 }, (_, n) =>
      request({
        ...{ consumer: `c${n}`, team: `t${n}`, route: `r${n}`, provider: `p${n}`, model: `m"\\\n${n}` },
        attempts: [{ target: `x/${n}`, provider: `p${n}`, model: `m${n}`, outcome: 'ok', durationMs: 1 }],
        budgets: [{ budget: `b${n}`, usedRatio: 1 }],
        overruns: [`b${n}`],
      }),
    );
    const few = await scrapeOf(foreign.slice(0, 1));
    const many = await scrapeOf(foreign);
    for (const [name, { samples }] of many) assert.equal(samples.length, few.get(name)?.samples.length, name);
    assert.equal(sampleOf(many, 'signalbox_requests_total', { gen_ai_request_model: 'other' }), 500);
    assert.equal(sampleOf(many, 'signalbox_attempts_total', { signalbox_target: 'other' }), 500);
    assert.equal(sampleOf(many, 'signalbox_budget_used_ratio', { signalbox_budget: 'other' }), 1);
  });

  test('a refused request is counted by its code, and nothing is invented for what it never had', async () => {
    const refused = request({
      ...{ provider: '', model: '', status: 429, code: 'budget_exceeded', streamed: false },
      ...{ firstTokenMs: null, usage: null, costMicroUsd: null, attempts: [], budgets: [] },
    });
    const families = await scrapeOf([refused]);
    assert.equal(sampleOf(families, 'signalbox_requests_total', { error_type: 'budget_exceeded' }), 1);
    assert.equal(sampleOf(families, 'gen_ai_client_operation_duration_count', { error_type: 'budget_exceeded' }), 1);
    for (const name of ['gen_ai_client_token_usage', 'signalbox_cost_total', 'signalbox_attempts_total']) {
      assert.equal(families.get(name)?.samples.length ?? 0, 0, name);
    }
  });

  test('nothing is measured where telemetry is disabled, and what serves is still told', async () => {
    const options = {
      version: '0.1.0',
      known: { has: () => true },
      policies: () => POLICIES,
      nowMs: () => NOW_MS,
      isMeasuring: false,
    };
    const metrics = openMetrics(options);
    metrics.measure(request());
    metrics.budgetReached({ budget: 'product-day', share: 0.8 });
    const families = parsePrometheusText(metrics.scrape().text);
    await metrics.close();
    const told = [...families.values()].filter(({ samples }) => samples.length > 0).map(({ name }) => name);
    assert.deepEqual(told.sort(), [
      ...['signalbox_config_info', 'signalbox_config_last_reload_successful', 'signalbox_config_rejected_total'],
      'signalbox_recorder_dropped_total',
    ]);
  });

  test('Prometheus’ own checker finds no error in a scrape', async (t) => {
    const promtool = requireProgram(t, 'promtool');
    if (promtool === undefined) return;
    const metrics = openMetrics({
      version: '0.1.0',
      known: { has: () => true },
      policies: () => POLICIES,
      nowMs: () => NOW_MS,
    });
    metrics.measure(request());
    const run = spawnSync(promtool, ['check', 'metrics'], { input: metrics.scrape().text, encoding: 'utf8' });
    await metrics.close();
    // 3 is advice on names, which the OpenTelemetry conventions give.
    assert.ok(run.status === 0 || run.status === 3, run.stderr);
  });
});

describe('the reader of the Prometheus text', () => {
  const wrong: readonly (readonly [what: string, text: string])[] = [
    ['a sample without a type', 'a 1\n'],
    ['a text without its last line end', '# TYPE a gauge\na 1'],
    ['a series twice', '# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'],
    ['a family in two places', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n'],
    ['a label that is not closed', '# TYPE a gauge\na{x="1} 1\n'],
    ['buckets that fall', '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_count 1\n'],
    ['a histogram without +Inf', '# TYPE h histogram\nh_bucket{le="1"} 2\nh_sum 1\nh_count 2\n'],
    ['no number', '# TYPE a gauge\na one\n'],
  ];
  for (const [what, text] of wrong) test(`refuses ${what}`, () => void assert.throws(() => parsePrometheusText(text)));
});
