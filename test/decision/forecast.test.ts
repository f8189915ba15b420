import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ForecastInput, forecast, localDate, startOfDate } from '../../src/decision/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const november = { windowStartMs: Date.UTC(2026, 10, 1), windowEndMs: Date.UTC(2026, 11, 1) };

/** So many hours before now, each with the same amount. */
function steady(nowMs: number, count: number, amount: number) {
  const last = Math.floor(nowMs / HOUR) * HOUR;
  return Array.from({ length: count }, (_, index) => ({ startMs: last - (index + 1) * HOUR, amount }));
}

describe('forecast', () => {
  const nowMs = Date.UTC(2026, 10, 11);

  it('names the day on which steady spending reaches the limit', () => {
    const hours = steady(nowMs, 10 * 24, 5);
    const found = forecast({ ...november, nowMs, spent: 1200, limit: 2160, hours });
    assert.deepEqual(found, { projected: 3600, reachesLimitAtMs: Date.UTC(2026, 10, 19), basis: 'linear' });
  });

  it('names none where the window ends first', () => {
    const found = forecast({ ...november, nowMs, spent: 1200, limit: 3601, hours: steady(nowMs, 10 * 24, 5) });
    assert.equal(found?.reachesLimitAtMs, null);
  });

  it('says nothing on less than a day of history, or half a window where that is less', () => {
    const input = { ...november, nowMs, spent: 1, limit: 10 };
    assert.equal(forecast({ ...input, hours: [] }), null);
    assert.equal(forecast({ ...input, hours: steady(nowMs, 23, 1) }), null);
    assert.notEqual(forecast({ ...input, hours: steady(nowMs, 24, 1) }), null);
    const hour = { windowStartMs: nowMs, windowEndMs: nowMs + HOUR, spent: 1, limit: 10 };
    const hours = [{ startMs: nowMs, amount: 1 }];
    assert.equal(forecast({ ...hour, nowMs: nowMs + 29 * 60_000, hours }), null);
    assert.equal(forecast({ ...hour, nowMs: nowMs + 30 * 60_000, hours })?.projected, 2);
  });

  it('expects nothing of a weekend that was always quiet', () => {
    // Spending on working days only; now is a Friday at midnight UTC, so that one working day is left of the week.
    const friday = Date.UTC(2026, 10, 20);
    const isWorkday = (atMs: number) => ![0, 6].includes(new Date(atMs).getUTCDay());
    const hours = steady(friday, 4 * 7 * 24, 10).filter(({ startMs }) => isWorkday(startMs));
    const week = { windowStartMs: Date.UTC(2026, 10, 16), windowEndMs: Date.UTC(2026, 10, 23) };
    const found = forecast({ ...week, nowMs: friday, spent: 960, limit: 1200, hours });
    assert.deepEqual(found, { projected: 1200, reachesLimitAtMs: friday + DAY, basis: 'hours-of-week' });
  });

  const inputs = fc
    .record({
      elapsedMs: fc.integer({ min: 0, max: 30 * DAY }),
      days: fc.integer({ min: 0, max: 40 }),
      amounts: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 200 }),
      spent: fc.nat({ max: 10_000_000 }),
      limit: fc.nat({ max: 20_000_000 }),
    })
    .map(({ elapsedMs, days, amounts, spent, limit }): ForecastInput => {
      const at = november.windowStartMs + elapsedMs;
      const last = Math.floor(at / HOUR) * HOUR;
      const step = Math.max(1, Math.floor((days * 24) / amounts.length));
      const hours = amounts.map((amount, index) => ({ startMs: last - index * step * HOUR, amount }));
      return { ...november, nowMs: at, spent, limit, hours };
    });

  it('never goes back: not below what is spent, not before now, not past the window', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const found = forecast(input);
        if (found === null) return;
        const { projected, reachesLimitAtMs } = found;
        assert.ok(projected >= input.spent);
        if (reachesLimitAtMs === null) assert.ok(projected <= input.limit);
        else {
          assert.ok(reachesLimitAtMs >= input.nowMs && reachesLimitAtMs <= Math.max(input.nowMs, input.windowEndMs));
          assert.ok(projected >= input.limit);
        }
      }),
    );
  });

  it('is monotone: more spent or a lower limit is never reached later', () => {
    const when = (input: ForecastInput) => forecast(input)?.reachesLimitAtMs ?? Number.POSITIVE_INFINITY;
    fc.assert(
      fc.property(inputs, fc.nat({ max: 1_000_000 }), (input, more) => {
        const spentMore = { ...input, spent: input.spent + more };
        assert.ok(when(spentMore) <= when(input));
        assert.ok(when({ ...input, limit: Math.max(0, input.limit - more) }) <= when(input));
        assert.ok((forecast(spentMore)?.projected ?? 0) >= (forecast(input)?.projected ?? 0));
        const busier = { ...input, hours: input.hours.map((hour) => ({ ...hour, amount: hour.amount + more })) };
        assert.ok((forecast(busier)?.projected ?? 0) >= (forecast(input)?.projected ?? 0));
      }),
    );
  });
});

describe('local dates', () => {
  it('begin at midnight of the zone', () => {
    const start = startOfDate('Asia/Tokyo', '2026-11-19');
    assert.equal(start, Date.UTC(2026, 10, 18, 15));
    assert.equal(localDate('Asia/Tokyo', start ?? 0), '2026-11-19');
    assert.equal(localDate('Asia/Tokyo', (start ?? 0) - 1), '2026-11-18');
    assert.equal(startOfDate('UTC', '2026-02-30'), null);
    assert.equal(startOfDate('UTC', 'yesterday'), null);
  });
});
