import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Agent, request } from 'undici';
import { openMetrics } from '#telemetry';
import { KEYS, policyFiles, SECRETS, startProviders, startTestGateway } from '../gateway/harness.ts';
import { OPENAI } from '../gateway/provider-answers.ts';

const CALLERS = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What lives, in MiB. */
function heapMiB(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function seriesOf(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

describe('a flood of ten thousand callers', () => {
  it('makes no series of its own and leaves nothing in memory', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const agent = new Agent({ connections: 16 });
    t.after(() => agent.close());
    // One in twenty is let through, with a model, a session and metadata that nobody has seen before; the others have keys that nobody knows.
    async function call(n: number): Promise<number> {
      const isKnown = n % 20 === 0;
      const answer = await request(`${gateway.url}/v1/chat/completions`, {
        dispatcher: agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${isKnown ? KEYS.team : `sbx_flood_${String(n).padStart(32, '0')}`}`,
          'x-signalbox-session': `session-${n}`,
          'x-signalbox-metadata': JSON.stringify({ tenant: `tenant-${n}` }),
        },
        body: JSON.stringify({
          model: isKnown ? `model-${n}` : 'to-openai',
          user: `user-${n}`,
          messages: [{ role: 'user', content: `Hello ${n}` }],
        }),
      });
      await answer.body.dump();
      return answer.statusCode;
    }
    async function flood(from: number, to: number): Promise<ReadonlyMap<number, number>> {
      const statuses = new Map<number, number>();
      for (let n = from; n < to; n += 50) {
        for (const status of await Promise.all(Array.from({ length: 50 }, (_, more) => call(n + more))))
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      return statuses;
    }
    const scrape = async () => (await fetch(`${gateway.url}/metrics`)).text();

    const first = await flood(0, CALLERS / 2);
    const half = { series: seriesOf(await scrape()), heapMiB: heapMiB() };
    const statuses = await flood(CALLERS / 2, CALLERS);
    const text = await scrape();
    // Most are turned away before their key is looked for: an address that has failed so often is asked to wait.
    const { 200: answered, 401: unknown = 0, 429: turnedAway = 0 } = Object.fromEntries(statuses);
    assert.deepEqual([answered, unknown + turnedAway], [CALLERS / 40, CALLERS / 2 - CALLERS / 40]);
    assert.ok(turnedAway > unknown, `${turnedAway} turned away`);
    assert.equal(seriesOf(text), half.series);
    assert.doesNotMatch(text, /model-\d|tenant-|session-|user-|sbx_/);
    const all = [...text.matchAll(/^signalbox_requests_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
    // Who is turned away at the door is no request.
    assert.equal(all, CALLERS - turnedAway - (first.get(429) ?? 0));
    const grownMiB = heapMiB() - half.heapMiB;
    // A kept kilobyte of each caller would be five.
    assert.ok(grownMiB < 3, `${grownMiB.toFixed(1)} MiB more after ${CALLERS / 2} further callers`);
  });

  it('has a bound even where policies know every one of them', () => {
    const metrics = openMetrics({
      ...{ version: '0.1.0', known: { has: () => true }, nowMs: Date.now },
      policies: () => ({
        ...{ revision: 'r', digest: 'd', environment: 'e', lastReloadSuccessful: true },
        ...{ rejected: 0, recordsDropped: 0 },
      }),
    });
    for (let n = 0; n < 30_000; n++) {
      metrics.measure({
        ...{ operation: 'chat', consumer: `c${n}`, team: `t${n}`, route: `r${n}`, provider: 'p', model: 'm' },
        ...{
          status: 200,
          code: null,
          streamed: false,
          cache: 'off',
          fallback: null,
          durationMs: 1,
          firstTokenMs: null,
        },
        ...{ overheadMs: 1, usage: null, costMicroUsd: 1, attempts: [], budgets: [], overruns: [] },
      });
    }
    const { text } = metrics.scrape();
    const requests = text.split('\n').filter((line) => line.startsWith('signalbox_requests_total{'));
    assert.equal(requests.length, 20_000);
    assert.deepEqual(
      requests.filter((line) => line.includes('otel_metric_overflow')),
      ['signalbox_requests_total{otel_metric_overflow="true"} 10001'],
    );
    const durations = text.split('\n').filter((line) => line.startsWith('gen_ai_client_operation_duration_count'));
    assert.equal(durations.length, 2000);
  });
});
