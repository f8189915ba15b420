import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type MeasuredRequest, mergeMetrics, openMetrics, type PostedMetric } from '#telemetry';

let clockMs = 0;

function process() {
  return openMetrics({
    ...{ version: '0.1.0', known: { has: () => true }, nowMs: () => clockMs },
    policies: () => ({
      ...{ revision: 'r', digest: 'd', environment: 'e', lastReloadSuccessful: true },
      ...{ rejected: 2, recordsDropped: 0 },
    }),
  });
}

const requests = fc.array(
  fc.record({
    worker: fc.nat(2),
    route: fc.constantFrom('a', 'b'),
    status: fc.constantFrom(200, 503),
    // Eighths of a second, whose sums do not depend on their order.
    durationMs: fc.nat(160).map((eighths) => eighths * 125),
    usedRatio: fc.nat(100),
    isTraced: fc.boolean(),
  }),
  { maxLength: 30 },
);

function measured({
  route,
  status,
  durationMs,
  usedRatio,
}: {
  route: string;
  status: number;
  durationMs: number;
  usedRatio: number;
}): MeasuredRequest {
  return {
    ...{ operation: 'chat', consumer: 'app', team: 't', route, provider: 'openai', model: 'm', status },
    ...{ code: status === 200 ? null : 'upstream_error', streamed: false, cache: 'off', fallback: null, durationMs },
    ...{ firstTokenMs: null, overheadMs: 125, usage: null, costMicroUsd: 1_000_000, attempts: [], overruns: [] },
    budgets: [{ budget: 'day', usedRatio }],
  };
}

const overTheWire = (post: readonly PostedMetric[]) => JSON.parse(JSON.stringify(post)) as readonly PostedMetric[];

/** Lines in an order of their own: processes meet their series in different ones. */
const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .sort();

describe('what several processes have counted', () => {
  it('adds up to what one would have counted, whoever is scraped: counters, buckets, exemplars, gauges', () => {
    fc.assert(
      fc.property(requests, (all) => {
        const [one, ...workers] = [process(), process(), process(), process()];
        for (const [at, each] of all.entries()) {
          clockMs = at + 1;
          const ids = each.isTraced ? { traceId: `${at}`.padStart(32, '0'), spanId: `${at}`.padStart(16, '0') } : null;
          one?.measure(measured(each), ids);
          workers[each.worker]?.measure(measured(each), ids);
        }
        const accept = 'application/openmetrics-text';
        const expected = lines(one?.scrape(accept).text ?? '');
        for (const worker of workers) {
          const others = workers.filter((each) => each !== worker).map((each) => overTheWire(each.post()));
          assert.deepEqual(lines(worker.scrape(accept, others).text), expected);
          const folded = [mergeMetrics(others)];
          assert.deepEqual(lines(worker.scrape(accept, folded).text), expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is the worse of two states: a tree that one of them refused, seen by each', () => {
    const post = (isGood: number, rejected: number): readonly PostedMetric[] => [
      {
        ...{
          name: 'signalbox.config.last_reload_successful',
          description: '',
          kind: 'gauge',
          merge: 'min',
          boundaries: [],
        },
        series: [{ attributes: {}, value: isGood, atMs: 0 }],
      },
      {
        ...{ name: 'signalbox.config.rejected', description: '', kind: 'counter', merge: 'max', boundaries: [] },
        series: [{ attributes: {}, value: rejected, atMs: 0 }],
      },
    ];
    const values = mergeMetrics([post(1, 3), post(0, 4)]).map(({ series }) =>
      series.map((each) => 'value' in each && each.value),
    );
    assert.deepEqual(values, [[0], [4]]);
  });
});
