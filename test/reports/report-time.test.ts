import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lastDue, nextDue, spanBefore } from '#reports';

const utc = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16));
const DST = 'Europe/Berlin';

/** 2026-03-29 02:00 to 03:00 does not exist in Berlin; 2026-10-25 02:00 to 03:00 comes twice. */
const DUE: readonly (readonly [
  what: string,
  schedule: string,
  timezone: string,
  now: string,
  last: string,
  next: string,
])[] = [
  ['on its minute', '0 9 * * MON', 'Asia/Tokyo', '2026-11-23T00:00:00Z', '2026-11-23T00:00', '2026-11-30T00:00'],
  ['a second before', '0 9 * * MON', 'Asia/Tokyo', '2026-11-22T23:59:58Z', '2026-11-16T00:00', '2026-11-23T00:00'],
  ['in the middle of the week', '0 9 * * MON', 'UTC', '2026-11-25T12:00:00Z', '2026-11-23T09:00', '2026-11-30T09:00'],
  ['before the clocks go on', '0 9 * * MON', DST, '2026-03-28T00:00:00Z', '2026-03-23T08:00', '2026-03-30T07:00'],
  ['after the clocks go back', '0 9 * * MON', DST, '2026-10-27T00:00:00Z', '2026-10-26T08:00', '2026-11-02T08:00'],
  [
    'at a time that a night leaves out',
    '30 2 * * *',
    DST,
    '2026-03-29T12:00:00Z',
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ],
  ['at a time that comes twice', '30 2 * * *', DST, '2026-10-25T12:00:00Z', '2026-10-25T00:30', '2026-10-26T01:30'],
  [
    'on the first of the month',
    '0 8 1 * *',
    'America/New_York',
    '2026-11-25T00:00:00Z',
    '2026-11-01T13:00',
    '2026-12-01T13:00',
  ],
];

describe('a report is due', () => {
  for (const [what, schedule, timezone, now, last, next] of DUE) {
    test(what, () => {
      const nowMs = Date.parse(now);
      assert.deepEqual(
        [utc(lastDue({ schedule, timezone }, nowMs)), utc(nextDue({ schedule, timezone }, nowMs))],
        [last, next],
      );
    });
  }
});

const SPANS: readonly (readonly [what: string, 'day' | 'week' | 'month', string, string, string, string, string])[] = [
  [
    'the week before in Tokyo',
    'week',
    'Asia/Tokyo',
    '2026-11-23T00:00:00Z',
    '2026-11-08T15:00',
    '2026-11-15T15:00',
    '2026-11-22T15:00',
  ],
  [
    'the same week from Wednesday',
    'week',
    'UTC',
    '2026-11-25T09:00:00Z',
    '2026-11-09T00:00',
    '2026-11-16T00:00',
    '2026-11-23T00:00',
  ],
  [
    'a week of 167 hours',
    'week',
    DST,
    '2026-03-30T07:00:00Z',
    '2026-03-15T23:00',
    '2026-03-22T23:00',
    '2026-03-29T22:00',
  ],
  [
    'a week of 169 hours',
    'week',
    DST,
    '2026-10-26T08:00:00Z',
    '2026-10-11T22:00',
    '2026-10-18T22:00',
    '2026-10-25T23:00',
  ],
  ['yesterday', 'day', 'UTC', '2026-11-25T09:00:00Z', '2026-11-23T00:00', '2026-11-24T00:00', '2026-11-25T00:00'],
  ['last month', 'month', 'UTC', '2026-03-01T00:00:00Z', '2026-01-01T00:00', '2026-02-01T00:00', '2026-03-01T00:00'],
];

describe('a report covers', () => {
  for (const [what, period, timezone, at, before, start, end] of SPANS) {
    test(what, () => {
      const { beforeMs, startMs, endMs } = spanBefore({ period, timezone }, Date.parse(at));
      assert.deepEqual([utc(beforeMs), utc(startMs), utc(endMs)], [before, start, end]);
    });
  }
});
