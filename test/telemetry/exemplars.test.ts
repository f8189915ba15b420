import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMetrics } from '#telemetry';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from '../gateway/harness.ts';
import { OPENAI } from '../gateway/provider-answers.ts';
import { requireProgram } from '../support/skip.ts';
import { startPrometheus } from '../support/start-prometheus.ts';
import { until } from '../support/start-redis.ts';
import { startHttpReceiver } from './otlp-receiver.ts';

interface ExemplarSeries {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}

describe('exemplars', () => {
  it('lead from a bucket in a real Prometheus to the trace that a collector has', async (t) => {
    const program = requireProgram(t, 'prometheus');
    if (program === undefined) return;
    const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
    const files = policyFiles(providers);
    const project = `${files['signalbox.yaml']}  telemetry: { traceSample: 0%, alwaysTrace: [error] }\n`;
    const gateway = await startTestGateway(
      t,
      { ...files, 'signalbox.yaml': project },
      {
        env: {
          ...SECRETS,
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
          OTEL_BSP_SCHEDULE_DELAY: '20',
        },
      },
    );
    providers.openai.enqueue(OPENAI.whole, OPENAI.error(500));
    // The first is in no sample: a bucket must not point to a trace that nobody has.
    for (const status of [200, 500])
      assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, status);
    await receiver.when(() => receiver.spans.length >= 2);
    const prometheus = await startPrometheus(t, program, new URL(gateway.url).host);
    const found = async () =>
      (await prometheus.api(
        `query_exemplars?query=gen_ai_client_operation_duration_bucket&start=${Date.now() / 1000 - 60}&end=${Date.now() / 1000 + 60}`,
      )) as readonly ExemplarSeries[];
    await until(async () => (await found()).length > 0);
    const seen = await found();
    const [server] = receiver.spans.filter(({ kind }) => kind === 2);
    assert.deepEqual(
      seen.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels)),
      [{ trace_id: server?.traceId, span_id: server?.spanId }],
    );
    assert.equal(seen[0]?.seriesLabels.error_type, 'chain_exhausted');
  });

  it('stand in OpenMetrics alone, which a scraper asks for', () => {
    const metrics = openMetrics({
      ...{ version: '0.1.0', known: { has: () => true }, nowMs: () => 1_795_597_200_500 },
      policies: () => ({
        ...{ revision: 'r', digest: 'd', environment: 'e', lastReloadSuccessful: true },
        ...{ rejected: 0, recordsDropped: 0 },
      }),
    });
    metrics.measure(
      {
        ...{ operation: 'chat', consumer: '', team: '', route: '', provider: '', model: '', status: 200, code: null },
        ...{ streamed: false, cache: 'off', fallback: null, durationMs: 100, firstTokenMs: null, overheadMs: 1 },
        ...{ usage: null, costMicroUsd: null, attempts: [], budgets: [], overruns: [] },
      },
      { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    );
    const plain = metrics.scrape('text/plain;version=0.0.4');
    const open = metrics.scrape('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4');
    assert.match(plain.contentType, /^text\/plain; version=0\.0\.4/);
    assert.doesNotMatch(plain.text, /trace_id|# EOF/);
    assert.match(open.contentType, /^application\/openmetrics-text; version=1\.0\.0/);
    assert.match(open.text, /# EOF\n$/);
    assert.match(open.text, /^# TYPE signalbox_requests counter$/m);
    const example = `# {trace_id="${'a'.repeat(32)}",span_id="${'b'.repeat(16)}"} 0.1 1795597200.500`;
    const buckets = open.text.split('\n').filter((line) => line.includes(' # {'));
    assert.deepEqual(
      buckets.map((line) => [line.split('{')[0], /le="([^"]+)"/.exec(line)?.[1], line.endsWith(example)]),
      [
        ['gen_ai_client_operation_duration_bucket', '0.16', true],
        ['signalbox_overhead_duration_bucket', '0.001', false],
      ],
    );
  });
});
