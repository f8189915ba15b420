import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { advanceBreaker, type BreakerEvent, type BreakerState, breakerView, CLOSED_BREAKER, healthOf } from '#decision';

const POLICY = { failures: 3, withinMs: 30_000, openForMs: 15_000 };

type Step = readonly [BreakerEvent['kind'], number];

function run(steps: readonly Step[]): BreakerState {
  return steps.reduce<BreakerState>(
    (state, [kind, atMs]) => advanceBreaker(state, { kind }, POLICY, atMs),
    CLOSED_BREAKER,
  );
}

describe('a breaker', () => {
  const opened: readonly Step[] = [
    ['failure', 0],
    ['failure', 1],
    ['failure', 2],
  ];
  const cases: readonly (readonly [string, readonly Step[], number, string])[] = [
    ['starts closed', [], 0, 'closed'],
    [
      'stays closed under fewer failures',
      [
        ['failure', 0],
        ['failure', 1],
      ],
      1,
      'closed',
    ],
    ['opens at the last of them', opened, 2, 'open'],
    [
      'counts anew after a success',
      [
        ['failure', 0],
        ['failure', 1],
        ['success', 2],
        ['failure', 3],
      ],
      3,
      'closed',
    ],
    [
      'forgets failures outside the window',
      [
        ['failure', 0],
        ['failure', 1],
        ['failure', 30_001],
      ],
      30_001,
      'closed',
    ],
    [
      'does not count what says nothing',
      [
        ['failure', 0],
        ['ignored', 1],
        ['ignored', 1],
        ['ignored', 1],
      ],
      2,
      'closed',
    ],
    ['is open until its time is over', opened, 15_001, 'open'],
    ['then lets one call through', opened, 15_002, 'half-open'],
    ['and no second one beside it', [...opened, ['started', 15_002]], 15_003, 'open'],
    ['closes when that call succeeds', [...opened, ['started', 15_002], ['success', 16_000]], 16_000, 'closed'],
    ['opens again when it fails', [...opened, ['started', 15_002], ['failure', 16_000]], 30_999, 'open'],
    ['and tries again after the same time', [...opened, ['started', 15_002], ['failure', 16_000]], 31_000, 'half-open'],
    [
      'lets the next call through when it told nothing',
      [...opened, ['started', 15_002], ['ignored', 16_000]],
      16_000,
      'half-open',
    ],
    ['counts a probe that never came back as lost', [...opened, ['started', 15_002]], 30_002, 'half-open'],
    ['is not closed by a call from before', [...opened, ['success', 3]], 4, 'open'],
  ];
  for (const [what, steps, atMs, view] of cases) {
    test(what, () => assert.equal(breakerView(run(steps), atMs), view));
  }

  test('never lets more than one probe through in one span, and never stays open for good', () => {
    const events = fc.array(
      fc.record({
        kind: fc.constantFrom('success', 'failure', 'ignored', 'ask' as const),
        afterMs: fc.nat({ max: 20_000 }),
      }),
    );
    fc.assert(
      fc.property(events, (script) => {
        let state: BreakerState = CLOSED_BREAKER;
        let atMs = 0;
        for (const { kind, afterMs } of script) {
          atMs += afterMs;
          if (kind !== 'ask') state = advanceBreaker(state, { kind }, POLICY, atMs);
          else if (breakerView(state, atMs) === 'half-open') {
            state = advanceBreaker(state, { kind: 'started' }, POLICY, atMs);
            assert.equal(breakerView(state, atMs), 'open');
          }
        }
        assert.notEqual(breakerView(state, atMs + POLICY.openForMs), 'open');
      }),
    );
  });
});

describe('what an outcome says about its target', () => {
  const failures = ['server-error', 'timeout', 'network', 'malformed', 'stream-error'] as const;
  const ignored = ['rate-limit', 'auth', 'context-overflow', 'content-filter', 'invalid-request', 'cancelled'] as const;
  for (const outcome of failures) test(`${outcome} is a failure`, () => assert.equal(healthOf(outcome), 'failure'));
  for (const outcome of ignored) test(`${outcome} says nothing`, () => assert.equal(healthOf(outcome), 'ignored'));
  test('ok is a success', () => assert.equal(healthOf('ok'), 'success'));
});
