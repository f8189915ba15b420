import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { windowOf } from '#decision';
import type { Budget } from '#snapshot';

type Every = Extract<Budget['window'], { kind: 'calendar' }>['every'];

describe('a calendar window holds the instant', () => {
  const cases: readonly (readonly [string, Every, string, string, string])[] = [
    // what, period, zone, instant → [start, end)
    ['hour', 'hour', 'UTC', '2026-11-23T12:34:56.789Z', '2026-11-23T12:00:00.000Z/2026-11-23T13:00:00.000Z'],
    [
      'hour of a half-hour zone',
      'hour',
      'Asia/Kolkata',
      '2026-11-23T12:15:00Z',
      '2026-11-23T11:30:00.000Z/2026-11-23T12:30:00.000Z',
    ],
    ['day in Tokyo', 'day', 'Asia/Tokyo', '2026-11-23T15:00:00Z', '2026-11-23T15:00:00.000Z/2026-11-24T15:00:00.000Z'],
    [
      'the last instant of a day',
      'day',
      'Asia/Tokyo',
      '2026-11-23T14:59:59.999Z',
      '2026-11-22T15:00:00.000Z/2026-11-23T15:00:00.000Z',
    ],
    ['week from Monday', 'week', 'UTC', '2026-11-29T23:00:00Z', '2026-11-23T00:00:00.000Z/2026-11-30T00:00:00.000Z'],
    [
      'Monday begins a week',
      'week',
      'UTC',
      '2026-11-23T00:00:00Z',
      '2026-11-23T00:00:00.000Z/2026-11-30T00:00:00.000Z',
    ],
    [
      'month over the year',
      'month',
      'Asia/Tokyo',
      '2026-12-31T20:00:00Z',
      '2026-12-31T15:00:00.000Z/2027-01-31T15:00:00.000Z',
    ],
    ['leap February', 'month', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z/2028-03-01T00:00:00.000Z'],
    ['quarter', 'quarter', 'UTC', '2026-11-23T12:00:00Z', '2026-10-01T00:00:00.000Z/2027-01-01T00:00:00.000Z'],
    [
      'quarter across summer time',
      'quarter',
      'Europe/Berlin',
      '2026-02-01T00:00:00Z',
      '2025-12-31T23:00:00.000Z/2026-03-31T22:00:00.000Z',
    ],
    [
      'a day of 23 hours',
      'day',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00.000Z/2026-03-29T22:00:00.000Z',
    ],
    [
      'a day of 25 hours',
      'day',
      'America/New_York',
      '2026-11-01T12:00:00Z',
      '2026-11-01T04:00:00.000Z/2026-11-02T05:00:00.000Z',
    ],
    [
      'an hour that comes twice, first',
      'hour',
      'America/New_York',
      '2026-11-01T05:30:00Z',
      '2026-11-01T05:00:00.000Z/2026-11-01T06:00:00.000Z',
    ],
    [
      'an hour that comes twice, second',
      'hour',
      'America/New_York',
      '2026-11-01T06:30:00Z',
      '2026-11-01T06:00:00.000Z/2026-11-01T07:00:00.000Z',
    ],
    [
      'a midnight that does not exist',
      'day',
      'Africa/Cairo',
      '2026-04-24T12:00:00Z',
      '2026-04-23T22:00:00.000Z/2026-04-24T21:00:00.000Z',
    ],
    [
      'a midnight that comes twice',
      'day',
      'America/Havana',
      '2026-11-01T12:00:00Z',
      '2026-11-01T04:00:00.000Z/2026-11-02T05:00:00.000Z',
    ],
    [
      'a midnight set back into yesterday',
      'day',
      'America/St_Johns',
      '2010-11-07T02:45:00Z',
      '2010-11-07T02:30:00.000Z/2010-11-08T03:30:00.000Z',
    ],
    [
      'a date that never was',
      'day',
      'Pacific/Apia',
      '2011-12-30T10:00:00Z',
      '2011-12-30T10:00:00.000Z/2011-12-31T10:00:00.000Z',
    ],
    [
      'half an hour cut by the clock',
      'hour',
      'Australia/Lord_Howe',
      '2026-04-04T15:15:00Z',
      '2026-04-04T15:00:00.000Z/2026-04-04T15:30:00.000Z',
    ],
  ];
  for (const [what, every, timezone, at, expected] of cases) {
    test(`${what}: ${every} in ${timezone} at ${at}`, () => {
      const { startMs, endMs } = windowOf({ kind: 'calendar', every, timezone }, Date.parse(at));
      assert.equal(`${new Date(startMs).toISOString()}/${new Date(endMs).toISOString()}`, expected);
    });
  }
});

describe('calendar windows', () => {
  const zones = [
    ...['UTC', 'Asia/Tokyo', 'Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Berlin', 'America/New_York', 'America/Havana'],
    ...['America/St_Johns', 'Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Beirut', 'Pacific/Apia', 'Pacific/Chatham'],
    ...['America/Sao_Paulo', 'Africa/Casablanca', 'Pacific/Kiritimati'],
  ];
  const everies: readonly Every[] = ['hour', 'day', 'week', 'month', 'quarter'];
  const cases = fc.record({
    timezone: fc.constantFrom(...zones),
    every: fc.constantFrom(...everies),
    atMs: fc.integer({ min: Date.UTC(2005, 0, 1), max: Date.UTC(2031, 0, 1) }),
  });

  test('hold the instant, and give themselves for every instant in them', () => {
    fc.assert(
      fc.property(
        cases,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        ({ timezone, every, atMs }, share) => {
          const window = { kind: 'calendar', every, timezone } as const;
          const found = windowOf(window, atMs);
          assert.ok(found.startMs <= atMs && atMs < found.endMs);
          const other = found.startMs + Math.floor(share * (found.endMs - found.startMs));
          // A far instant in between, so that the memo cannot give the answer.
          windowOf(window, 0);
          assert.deepEqual(windowOf(window, other), found);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(cases, ({ timezone, every, atMs }) => {
        const window = { kind: 'calendar', every, timezone } as const;
        const found = windowOf(window, atMs);
        assert.equal(windowOf(window, found.endMs).startMs, found.endMs);
        assert.equal(windowOf(window, found.startMs - 1).endMs, found.startMs);
      }),
      { numRuns: 300 },
    );
  });

  test('follow each other over every change of the clock of a year', () => {
    for (const timezone of zones) {
      const window = { kind: 'calendar', every: 'day', timezone } as const;
      let reached = windowOf(window, Date.UTC(2026, 0, 1)).startMs;
      for (let day = 0; day < 370; day++) {
        const found = windowOf(window, reached);
        assert.equal(found.startMs, reached, `${timezone} ${new Date(reached).toISOString()}`);
        const hours = (found.endMs - found.startMs) / 3_600_000;
        assert.ok(hours >= 22 && hours <= 26, `${timezone} ${hours} h`);
        reached = found.endMs;
      }
    }
  });
});

test('a rolling window is the span that ends now', () => {
  assert.deepEqual(windowOf({ kind: 'rolling', ms: 60_000 }, 100_000), { startMs: 40_000, endMs: 100_000 });
});
