import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Agent } from 'undici';
import { requireProgram } from '../support/skip.ts';
import { startGateway } from '../support/start-process.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import {
  accounted,
  ask,
  type Outcome,
  policyTree,
  rush,
  settledStanding,
  standingOf,
  WORST_MICRO_USD,
} from './stream-rush.ts';

const STREAMS = 500;
const AFFORDABLE = 100;

/** Urls of the gateways, of which those with a usage ledger of their own; null when the test is skipped. */
type Started = { readonly urls: readonly string[]; readonly ledgers: readonly string[] };

const PLACES: readonly {
  readonly name: string;
  readonly start: (t: TestContext, files: Readonly<Record<string, string>>) => Promise<Started | null>;
}[] = [
  { name: 'one process', start: (t, files) => startAlone(t, files, []) },
  { name: '3 workers', start: (t, files) => startAlone(t, files, ['--workers', '3']) },
  {
    name: '3 processes over Redis',
    async start(t, files) {
      const program = requireProgram(t, 'redis-server');
      if (program === undefined) return null;
      const { url } = await startRedis(t, program);
      const env = { SIGNALBOX_REDIS_URL: `${url}?timeout=10000` };
      const gateways = await Promise.all(
        [0, 1, 2].map(() => startGateway(t, [], { cwd: makeTempDirectory(t, files), env })),
      );
      const urls = gateways.map((gateway) => gateway.url);
      return { urls, ledgers: urls };
    },
  },
];

async function startAlone(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Started> {
  const { url } = await startGateway(t, args, { cwd: makeTempDirectory(t, files) });
  return { urls: [url], ledgers: [url] };
}

const BUDGET = 'window: { every: quarter, timezone: UTC }, onExhausted: deny, lease: 2s, onLeaseExpiry: settle }';
/** Cut at the output cap, so that the charge is the worst case. */
const LONG = 'words:200';
/** Some two thirds of the output cap. */
const SHORT = 'words:45';

for (const { name, start } of PLACES) {
  describe(`${STREAMS} streams at once through ${name}`, () => {
    it('pass exactly as often as a budget of 100 requests allows, and leave no hold', async (t) => {
      const started = await start(t, policyTree(`{ limit: { requests: ${AFFORDABLE} }, ${BUDGET}`));
      if (started === null) return;
      const outcomes = await watched(started.urls, LONG);
      refusedOnlyBy(outcomes, 'rate_limited');
      assert.equal(passed(outcomes).length, AFFORDABLE);
      assert.equal((await settledStanding(started.urls[0] ?? '', 'tight')).spent, AFFORDABLE);
      assert.equal((await accounted(started.ledgers)).requests, AFFORDABLE);
    });

    it('pass exactly as often as their worst case fits into a budget of money that they use up', async (t) => {
      const limit = `{ cost: "${(AFFORDABLE * WORST_MICRO_USD) / 1e6} USD" }`;
      const started = await start(t, policyTree(`{ limit: ${limit}, ${BUDGET}`));
      if (started === null) return;
      const outcomes = await watched(started.urls, LONG);
      refusedOnlyBy(outcomes, 'budget_exceeded');
      assert.equal(passed(outcomes).length, AFFORDABLE);
      assert.equal((await settledStanding(started.urls[0] ?? '', 'tight')).spent, AFFORDABLE * WORST_MICRO_USD);
    });

    it('overspend nothing, and once the money is back every request passes for which there is room', async (t) => {
      const limit = AFFORDABLE * WORST_MICRO_USD;
      const started = await start(t, policyTree(`{ limit: { cost: "${limit / 1e6} USD" }, ${BUDGET}`));
      if (started === null) return;
      const { urls } = started;
      const outcomes = await watched(urls, SHORT);
      refusedOnlyBy(outcomes, 'budget_exceeded');
      const served = passed(outcomes);
      assert.ok(served.length >= AFFORDABLE, `${served.length} passed`);
      const afterRush = await settledStanding(urls[0] ?? '', 'tight');
      assert.equal(afterRush.spent, sumOf(served));

      const charge = served[0]?.costMicroUsd ?? 0;
      const room = limit - afterRush.spent;
      const more = room < WORST_MICRO_USD ? 0 : Math.floor((room - WORST_MICRO_USD) / charge) + 1;
      const agent = new Agent();
      t.after(() => agent.close());
      for (let n = 0; n < more; n++) {
        const url = urls[n % urls.length] ?? '';
        assert.equal((await ask(url, SHORT, agent)).status, 200, `request ${n + 1} of ${more} for which there is room`);
        await settledStanding(urls[0] ?? '', 'tight');
      }
      assert.equal((await ask(urls[0] ?? '', SHORT, agent)).code, 'budget_exceeded');
      const { spent } = await settledStanding(urls[0] ?? '', 'tight');
      assert.equal(spent, afterRush.spent + more * charge);
      assert.ok(spent <= limit && spent + WORST_MICRO_USD > limit);
      assert.deepEqual(await accounted(started.ledgers), {
        requests: served.length + more,
        costMicroUsd: spent,
        estimated: 0,
      });
    });
  });
}

/** The rush, with a look at the counter again and again while it goes on. */
async function watched(urls: readonly string[], sandbox: string): Promise<readonly Outcome[]> {
  let isOver = false;
  const sent = rush(urls, STREAMS, sandbox).finally(() => {
    isOver = true;
  });
  const looks = (async () => {
    while (!isOver) {
      const { spent, held, limit } = await standingOf(urls[0] ?? '', 'tight');
      assert.ok(spent + held <= limit, `${spent} spent and ${held} held of ${limit}`);
    }
  })();
  const [outcomes] = await Promise.all([sent, looks]);
  return outcomes;
}

function passed(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ status }) => status === 200);
}

function sumOf(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
}

function refusedOnlyBy(outcomes: readonly Outcome[], expected: string): void {
  for (const { status, code, retryAfter } of outcomes) {
    if (status === 200) continue;
    assert.deepEqual([status, code], [429, expected]);
    assert.match(retryAfter ?? '', /^[1-9]\d*$/);
  }
}
