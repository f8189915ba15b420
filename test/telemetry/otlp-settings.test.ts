import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOtlpSettings } from '#telemetry';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

describe('the variables of OpenTelemetry', () => {
  it('name a resource, percent-encoded', () => {
    const { resource, problems } = readOtlpSettings({
      ...ENDPOINT,
      OTEL_RESOURCE_ATTRIBUTES: 'team=a%2Cb%3D%C3%A9, service.name=other,,=nameless',
      OTEL_SERVICE_NAME: 'gateway',
    });
    assert.deepEqual([resource, problems], [{ team: 'a,b=é', 'service.name': 'gateway' }, []]);
  });

  it('name no resource at all where one attribute cannot be decoded', () => {
    const { resource, problems } = readOtlpSettings({ ...ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: 'team=a,share=80%' });
    assert.deepEqual(resource, {});
    assert.match(problems.join('\n'), /^OTEL_RESOURCE_ATTRIBUTES: [^\n]*$/);
    assert.doesNotMatch(problems.join(), /80/, 'a value is not told');
  });

  it('are one for all signals, and one for each that goes before it', () => {
    const { traces, metrics, logs } = readOtlpSettings({
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:9/as/it/is',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    });
    assert.deepEqual([traces?.url, traces?.isCompressed], ['http://collector:4318/v1/traces', true]);
    assert.deepEqual([metrics?.url, metrics?.isCompressed], ['http://metrics:9/as/it/is', false]);
    assert.equal(logs, null);
  });

  const notObeyed = {
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_PROPAGATORS: 'b3',
    OTEL_METRICS_EXEMPLAR_FILTER: 'always_off',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
    OTEL_LOG_LEVEL: 'debug',
    OTEL_BLRP_SCHEDULE_DELAY: '1234',
    OTEL_METRIC_EXPORT_TIMEOUT: '1234',
    OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1234',
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1234',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '1234',
    OTEL_CONFIG_FILE: '/somewhere',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd',
  };
  for (const [name, value] of Object.entries(notObeyed))
    it(`say that ${name} is not obeyed, where a collector is named`, () => {
      const { problems } = readOtlpSettings({ ...ENDPOINT, [name]: value });
      assert.ok(problems.length > 0 && problems.every((problem) => problem.startsWith(`${name}: `)), problems.join());
      assert.ok(!problems.join().includes(value), 'a value is not told');
      assert.deepEqual(readOtlpSettings({ [name]: value }).problems, []);
      assert.deepEqual(readOtlpSettings({ ...ENDPOINT, [name]: ' ' }).problems, []);
    });

  it('say nothing where they ask for what is done anyway', () => {
    const { problems } = readOtlpSettings({
      ...ENDPOINT,
      OTEL_PROPAGATORS: 'tracecontext',
      OTEL_METRICS_EXEMPLAR_FILTER: 'trace_based',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'Cumulative',
    });
    assert.deepEqual(problems, []);
  });
});
