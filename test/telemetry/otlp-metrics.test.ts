import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { createInstruments } from '../../src/telemetry/instruments.ts';
import { addExemplars } from '../../src/telemetry/otlp-metrics.ts';
import { appendToMessages } from '../../src/telemetry/protobuf-fields.ts';

const REQUEST = protobuf
  .loadSync(join(import.meta.dirname, 'otlp.proto'))
  .lookupType('otlp.ExportMetricsServiceRequest');
const AT_MS = 1_795_597_200_500;
const TRACE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

/** Measurements of two histograms beside a counter and a gauge. */
const MEASURED = fc.array(
  fc.record({
    histogram: fc.integer({ min: 0, max: 1 }),
    value: fc.double({ min: 0, max: 100, noNaN: true }),
    series: fc.string({ maxLength: 200, unit: 'grapheme' }),
    isTraced: fc.boolean(),
  }),
  { maxLength: 30 },
);

function metricsOf(measured: typeof MEASURED extends fc.Arbitrary<infer M> ? M : never): ResourceMetrics {
  const { counter, gauge, histogram, collect } = createInstruments(() => AT_MS);
  const histograms = [
    histogram({ name: 'first', unit: 's', description: 'One.' }, [0.1, 1, 10]),
    histogram({ name: 'second', description: '' }, []),
  ];
  const count = counter({ name: 'count', description: 'Two.' });
  const level = gauge({ name: 'level', description: 'Three.' });
  for (const { histogram: at, value, series, isTraced } of measured) {
    histograms[at]?.record(value, series, () => ({ series }), isTraced ? TRACE : null);
    count.add(value, series, () => ({ series, share: value }));
    level.set(value, series, () => ({ series }));
  }
  const scope = { name: 'signalbox', version: '1' };
  return { resource: resourceFromAttributes({ team: 'a' }), scopeMetrics: [{ scope, metrics: [...collect()] }] };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the proto file's
type Message = any;

function decode(bytes: Uint8Array): Message {
  return REQUEST.toObject(REQUEST.decode(bytes), { longs: String, bytes: String });
}

function pointsOf(request: Message): Message[] {
  const metrics = request.resourceMetrics[0].scopeMetrics[0].metrics as Message[];
  return metrics.flatMap(({ histogram }) => histogram?.dataPoints ?? []);
}

describe('metrics over OTLP with exemplars', () => {
  it('are what the library writes, and exemplars', () => {
    fc.assert(
      fc.property(MEASURED, (measured) => {
        const metrics = metricsOf(measured);
        const library = ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array;
        const request = decode(addExemplars(library, metrics));
        const traced = new Set(
          measured.filter(({ isTraced }) => isTraced).map(({ value, series }) => JSON.stringify([series, value])),
        );
        for (const { attributes, exemplars = [], explicitBounds = [] } of pointsOf(request)) {
          assert.ok(exemplars.length <= explicitBounds.length + 1, 'one of each bucket');
          for (const { asDouble, traceId, spanId, timeUnixNano } of exemplars) {
            assert.ok(traced.has(JSON.stringify([attributes[0].value.stringValue, asDouble])));
            assert.equal(Buffer.from(traceId, 'base64').toString('hex'), TRACE.traceId);
            assert.equal(Buffer.from(spanId, 'base64').toString('hex'), TRACE.spanId);
            assert.equal(timeUnixNano, `${AT_MS}000000`);
          }
        }
        const some = pointsOf(request).some(({ exemplars }) => exemplars !== undefined);
        assert.equal(some, traced.size > 0);
        for (const point of pointsOf(request)) delete point.exemplars;
        assert.deepEqual(request, decode(library));
      }),
      { numRuns: 150 },
    );
  });

  it('are copied byte for byte where nothing is added', () => {
    fc.assert(
      fc.property(MEASURED, (measured) => {
        const metrics = metricsOf(measured.map((each) => ({ ...each, isTraced: false })));
        const library = ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array;
        assert.equal(addExemplars(library, metrics), library);
        assert.deepEqual(Buffer.from(appendToMessages(library, [1, 2, 2, 9, 1], () => [])), Buffer.from(library));
      }),
      { numRuns: 50 },
    );
  });

  it('are refused where the bytes are no message', () => {
    for (const bytes of [[0x0a], [0x0a, 5, 1], [0x09, 1], [0x0b], [0x80]])
      assert.throws(() => appendToMessages(Uint8Array.from(bytes), [2], () => []), RangeError);
  });
});
