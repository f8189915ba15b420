import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mergeFigures, type ReportFigures, spanBefore } from '#reports';
import { figuresOfFolder } from '../../src/gateway/reports/figures-of-folder.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { fortnight, type PastRequest, writeHistory } from './write-history.ts';

const END_MS = Date.parse('2026-11-22T15:00:00Z');
const span = spanBefore({ period: 'week', timezone: 'Asia/Tokyo' }, END_MS);

async function figuresOf(
  t: Parameters<typeof makeTempDirectory>[0],
  requests: readonly PastRequest[],
  prefix?: string,
) {
  const dataDir = makeTempDirectory(t);
  await writeHistory(dataDir, requests, prefix);
  const figures = await figuresOfFolder({ dataDir, span, timezone: 'Asia/Tokyo', nowMs: END_MS });
  assert.ok(figures !== null);
  return figures;
}

const sum = (requests: readonly PastRequest[], of: (request: PastRequest) => number) =>
  requests.reduce((total, request) => total + of(request), 0);
const cost = ({ costMicroUsd }: PastRequest) => costMicroUsd;

describe('the figures of a report', () => {
  test('agree with the ledger to the micro-dollar, in all and in every group', async (t) => {
    const requests = fortnight(END_MS, 2);
    const now = requests.filter(({ atMs }) => atMs >= span.startMs);
    const before = requests.filter(({ atMs }) => atMs < span.startMs);
    const figures = await figuresOf(t, requests);
    assert.equal(figures.totals.costMicroUsd, sum(now, cost));
    assert.equal(figures.before?.costMicroUsd, sum(before, cost));
    assert.equal(figures.totals.requests, now.length);
    for (const lines of [figures.teams, figures.models, figures.consumers]) {
      assert.equal(
        lines.reduce((total, line) => total + line.costMicroUsd, 0),
        sum(now, cost),
      );
    }
    for (const { key, costMicroUsd, beforeMicroUsd } of figures.teams) {
      const own = ({ team }: PastRequest) => team === key;
      assert.deepEqual([costMicroUsd, beforeMicroUsd], [sum(now.filter(own), cost), sum(before.filter(own), cost)]);
    }
    assert.equal(figures.days.length, 14);
    assert.equal(
      figures.days.reduce((total, day) => total + day.costMicroUsd, 0),
      sum(requests, cost),
    );
    assert.equal(
      figures.totals.savedMicroUsd,
      sum(now, ({ savedMicroUsd }) => savedMicroUsd),
    );
    const { tally } = figures;
    assert.equal(tally.requests, now.length);
    assert.equal(tally.answered, now.filter(({ status }) => status < 400).length);
    assert.equal(
      tally.errors.reduce((total, { count }) => total + count, 0),
      now.filter(({ status }) => status >= 400).length,
    );
    assert.equal(
      tally.fallbacks.reduce((total, { count }) => total + count, 0),
      now.filter(({ fallback }) => fallback !== null).length,
    );
    assert.deepEqual(
      figures.top.byCost.map(({ costMicroUsd }) => costMicroUsd),
      now
        .map(cost)
        .sort((a, b) => b - a)
        .slice(0, 10),
    );
  });

  test('of two ledgers add up to those of one that holds both', async (t) => {
    const requests = fortnight(END_MS, 1);
    const whole = await figuresOf(t, requests);
    // Weights are whole here, so that sums do not depend on their order.
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), async (nth) => {
        const [one, other] = [true, false].map((isNth) => requests.filter((_, at) => (at % nth === 0) === isNth));
        const merged = mergeFigures(await figuresOf(t, one ?? [], 'req_a'), await figuresOf(t, other ?? [], 'req_b'));
        assert.deepEqual(comparable(merged), comparable(whole));
      }),
      { numRuns: 3 },
    );
  });
});

/** Without the ids, and lists whose order ties leave open as sets. */
function comparable({ top, tally, teams, models, consumers, ...figures }: ReportFigures) {
  const set = (items: readonly object[]) => items.map((item) => JSON.stringify(item)).sort();
  return {
    ...figures,
    teams: set(teams.map(({ key, costMicroUsd, beforeMicroUsd }) => ({ key, costMicroUsd, beforeMicroUsd }))),
    models: set(models.map(({ key, costMicroUsd }) => ({ key, costMicroUsd }))),
    consumers: set(consumers.map(({ key, requests }) => ({ key, requests }))),
    top: [top.byCost.map(({ costMicroUsd }) => costMicroUsd), top.byTokens.map(({ tokens }) => tokens)],
    tally: { ...tally, errors: set(tally.errors), fallbacks: set(tally.fallbacks) },
  };
}
