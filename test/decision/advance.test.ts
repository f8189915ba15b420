import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Attempt, advance, backoffMs, failureOf, type Next, type Plan } from '#decision';
import { attemptOf, FALL_BACK_ON_ALL, planOf, RETRY, targetOf } from './build.ts';

const A = targetOf('c/a');
const B = targetOf('c/b');
const PLAN = planOf([A, B]);

function text(next: Next): string {
  if (next.kind === 'give-up') return `give up: ${next.because}`;
  return `${next.via} ${next.target.id} after ${next.waitMs} (${next.fallback})`;
}

describe('what happens next', () => {
  const cases: readonly (readonly [string, Plan, readonly Attempt[], { elapsedMs?: number; draw?: number }, string])[] =
    [
      ['the first target is called at once', PLAN, [], {}, 'first c/a after 0 (null)'],
      [
        'a skipped target before it is the reason',
        planOf([targetOf('c/b', { skippedBefore: 'secret-missing' })]),
        [],
        {},
        'first c/b after 0 (secret-missing)',
      ],
      ['no target at all', planOf([]), [], {}, 'give up: no-targets'],
      [
        'a server error is retried after jittered backoff',
        PLAN,
        [attemptOf('c/a', 'server-error')],
        { draw: 0.5 },
        'retry c/a after 100 (null)',
      ],
      [
        'the second retry waits twice as long',
        PLAN,
        [attemptOf('c/a', 'timeout'), attemptOf('c/a', 'timeout')],
        { draw: 0.5 },
        'retry c/a after 200 (null)',
      ],
      [
        'after the last retry the next target is called',
        PLAN,
        [1, 2, 3].map(() => attemptOf('c/a', 'server-error')),
        {},
        'fallback c/b after 0 (server-error)',
      ],
      ['a refused key is not retried', PLAN, [attemptOf('c/a', 'auth')], {}, 'fallback c/b after 0 (auth)'],
      [
        'a malformed answer is not retried',
        PLAN,
        [attemptOf('c/a', 'malformed')],
        {},
        'fallback c/b after 0 (malformed)',
      ],
      [
        'auth is not retried even if retry.on names it',
        planOf([targetOf('c/a', { retry: { ...RETRY, on: ['auth', 'malformed'] } }), B]),
        [attemptOf('c/a', 'auth')],
        {},
        'fallback c/b after 0 (auth)',
      ],
      [
        'a context overflow goes on',
        PLAN,
        [attemptOf('c/a', 'context-overflow')],
        {},
        'fallback c/b after 0 (context-overflow)',
      ],
      [
        'what the provider calls pointless is not retried',
        PLAN,
        [attemptOf('c/a', 'rate-limit', { noRetry: true })],
        {},
        'fallback c/b after 0 (rate-limit)',
      ],
      ['an invalid request ends it', PLAN, [attemptOf('c/a', 'invalid-request')], {}, 'give up: request-refused'],
      ['a content filter ends it', PLAN, [attemptOf('c/a', 'content-filter')], {}, 'give up: request-refused'],
      [
        'unless the chain falls back on it',
        planOf([targetOf('c/a', { fallbackOn: [...FALL_BACK_ON_ALL, 'content-filter'] }), B]),
        [attemptOf('c/a', 'content-filter')],
        {},
        'fallback c/b after 0 (content-filter)',
      ],
      [
        'what fallbackOn leaves out ends it',
        planOf([targetOf('c/a', { fallbackOn: ['timeout'] }), B]),
        [attemptOf('c/a', 'auth')],
        {},
        'give up: no-fallback',
      ],
      [
        'Retry-After is waited for',
        PLAN,
        [attemptOf('c/a', 'rate-limit', { retryAfterMs: 3000 })],
        { draw: 0.5 },
        'retry c/a after 3000 (null)',
      ],
      [
        'a Retry-After shorter than the backoff does not shorten it',
        PLAN,
        [attemptOf('c/a', 'rate-limit', { retryAfterMs: 10 })],
        { draw: 0.5 },
        'retry c/a after 100 (null)',
      ],
      [
        'a Retry-After over the limit moves on',
        PLAN,
        [attemptOf('c/a', 'rate-limit', { retryAfterMs: 20_001 })],
        {},
        'fallback c/b after 0 (rate-limit)',
      ],
      [
        'Retry-After is ignored where policy says so',
        planOf([targetOf('c/a', { retry: { ...RETRY, respectRetryAfter: false } }), B]),
        [attemptOf('c/a', 'rate-limit', { retryAfterMs: 3000 })],
        { draw: 0.5 },
        'retry c/a after 100 (null)',
      ],
      [
        'retries and fallbacks share the attempts',
        planOf([A, B], { maxAttempts: 2 }),
        [attemptOf('c/a', 'server-error'), attemptOf('c/a', 'server-error')],
        {},
        'give up: attempts',
      ],
      [
        'no wait that reaches the deadline',
        planOf([A, B], { deadlineMs: 1000 }),
        [attemptOf('c/a', 'rate-limit', { retryAfterMs: 500 })],
        { elapsedMs: 500 },
        'fallback c/b after 0 (rate-limit)',
      ],
      [
        'and none at all where no target is left',
        planOf([A], { deadlineMs: 1000 }),
        [attemptOf('c/a', 'rate-limit', { retryAfterMs: 500 })],
        { elapsedMs: 500 },
        'give up: deadline',
      ],
      [
        'nothing starts at the deadline',
        planOf([A, B], { deadlineMs: 1000 }),
        [attemptOf('c/a', 'auth')],
        { elapsedMs: 1000 },
        'give up: deadline',
      ],
      [
        'a retry of the second target keeps its reason',
        PLAN,
        [attemptOf('c/a', 'auth'), attemptOf('c/b', 'server-error')],
        {},
        'retry c/b after 0 (auth)',
      ],
      [
        'the last target failed',
        PLAN,
        [attemptOf('c/a', 'auth'), attemptOf('c/b', 'auth')],
        {},
        'give up: no-fallback',
      ],
      ['a hang-up ends it', PLAN, [attemptOf('c/a', 'cancelled')], {}, 'give up: no-fallback'],
      [
        'without jitter the wait is the backoff',
        planOf([targetOf('c/a', { retry: { ...RETRY, jitter: 'none' } })]),
        [attemptOf('c/a', 'network')],
        { draw: 0.1 },
        'retry c/a after 200 (null)',
      ],
    ];
  for (const [what, plan, trail, moment, expected] of cases) {
    test(what, () => assert.equal(text(advance(plan, trail, { elapsedMs: 0, draw: 0, ...moment })), expected));
  }
});

test('backoff grows by the factor up to the cap', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 60, 2000].map((made) => backoffMs(RETRY, made, 1)),
    [200, 400, 800, 1600, 3200, 5000, 5000, 5000],
  );
});

const outcomes = fc.constantFrom<Attempt['outcome']>(
  ...(['rate-limit', 'server-error', 'timeout', 'network', 'auth', 'malformed'] as const),
  ...(['context-overflow', 'stream-error', 'content-filter', 'invalid-request'] as const),
);
const reasons = fc.uniqueArray(outcomes) as fc.Arbitrary<typeof RETRY.on>;
const plans = fc
  .array(
    fc.record({
      max: fc.nat({ max: 6 }),
      on: reasons,
      fallbackOn: reasons,
      capMs: fc.integer({ min: 1, max: 5000 }),
      respectRetryAfter: fc.boolean(),
    }),
    { minLength: 0, maxLength: 5 },
  )
  .chain((targets) =>
    fc.record({
      maxAttempts: fc.integer({ min: 1, max: 12 }),
      deadlineMs: fc.option(fc.integer({ min: 1, max: 60_000 })),
      targets: fc.constant(
        targets.map(({ fallbackOn, ...retry }, index) =>
          targetOf(`c/${index}`, { fallbackOn, retry: { ...RETRY, ...retry } }),
        ),
      ),
    }),
  );

test('whatever upstreams do, attempts, waits and the deadline stay within policy, targets keep their order, and it ends', () => {
  const steps = fc.record({
    outcome: outcomes,
    draw: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    retryAfterMs: fc.option(fc.nat({ max: 40_000 })),
    tookMs: fc.nat({ max: 10_000 }),
    noRetry: fc.boolean(),
  });
  fc.assert(
    fc.property(
      plans,
      fc.array(steps, { minLength: 13, maxLength: 13 }),
      ({ targets, maxAttempts, deadlineMs }, script) => {
        const plan = planOf(targets, { maxAttempts, deadlineMs });
        const trail: Attempt[] = [];
        let elapsedMs = 0;
        let reached = 0;
        for (const step of script) {
          const next = advance(plan, trail, { elapsedMs, draw: step.draw });
          assert.deepEqual(advance(plan, trail, { elapsedMs, draw: step.draw }), next);
          if (next.kind === 'give-up') {
            const failure = failureOf(next, trail);
            assert.ok(failure.status >= 400 && failure.status < 600);
            return;
          }
          const index = plan.targets.indexOf(next.target);
          assert.ok(index >= reached && index <= reached + 1, 'targets are tried in order');
          reached = index;
          assert.ok(
            next.waitMs >= 0 && next.waitMs <= Math.max(next.target.retry.capMs, next.target.retry.maxRetryAfterMs),
          );
          elapsedMs += next.waitMs;
          assert.ok(deadlineMs === null || elapsedMs < deadlineMs, 'nothing starts at or after the deadline');
          const { outcome, retryAfterMs, noRetry } = step;
          trail.push(attemptOf(next.target.id, outcome, { retryAfterMs, noRetry, startedMs: elapsedMs }));
          assert.ok(trail.length <= maxAttempts);
          const onTarget = trail.filter((attempt) => attempt.target === next.target.id).length;
          assert.ok(onTarget <= 1 + next.target.retry.max);
          elapsedMs += step.tookMs;
        }
        assert.fail('it did not end');
      },
    ),
    { numRuns: 1000 },
  );
});

describe('what the caller is told', () => {
  const last = (trail: readonly Attempt[]) => trail.at(-1) ?? null;
  const cases: readonly (readonly [
    string,
    Extract<Next, { kind: 'give-up' }>['because'],
    readonly Attempt[],
    string,
    number,
  ])[] = [
    [
      'the last upstream status',
      'no-fallback',
      [attemptOf('c/a', 'server-error', { status: 503 }), attemptOf('c/b', 'network')],
      'chain_exhausted',
      503,
    ],
    ['502 without any', 'no-fallback', [attemptOf('c/a', 'network')], 'chain_exhausted', 502],
    [
      '502 for an error inside a 200',
      'no-fallback',
      [attemptOf('c/a', 'stream-error', { status: 200 })],
      'chain_exhausted',
      502,
    ],
    ['504 on the deadline', 'deadline', [attemptOf('c/a', 'server-error', { status: 500 })], 'chain_exhausted', 504],
    [
      'the provider’s refusal',
      'request-refused',
      [attemptOf('c/a', 'invalid-request', { status: 422 })],
      'upstream_rejected',
      422,
    ],
  ];
  for (const [what, because, trail, code, status] of cases) {
    test(what, () => {
      const failure = failureOf({ kind: 'give-up', because, last: last(trail) }, trail);
      assert.deepEqual([failure.code, failure.status], [code, status]);
    });
  }
  test('every attempt is named', () => {
    const trail = [attemptOf('c/a', 'auth', { status: 401 }), attemptOf('c/b', 'network')];
    const { message } = failureOf({ kind: 'give-up', because: 'no-fallback', last: last(trail) }, trail);
    assert.equal(message, 'all attempts failed: c/a auth (401), c/b network');
  });
});

describe('a nested chain is left', () => {
  // outer: [ middle: [ inner: [a, b], m ], z ]
  const outer = { name: 'outer', fallbackOn: ['auth', 'timeout'] } as const;
  const middle = { name: 'middle', fallbackOn: ['auth', 'rate-limit'] } as const;
  const innerTarget = { fallbackOn: ['auth', 'network', 'content-filter'], outer: [middle, outer] } as const;
  const targets = [
    targetOf('inner/a', innerTarget),
    targetOf('inner/b', innerTarget),
    targetOf('middle/m', { fallbackOn: middle.fallbackOn, outer: [outer] }),
    targetOf('outer/z', { fallbackOn: outer.fallbackOn, outer: [] }),
  ];
  const cases: readonly (readonly [string, string, Attempt['outcome'], string])[] = [
    ['not while it falls back on the failure itself', 'inner/a', 'auth', 'inner/b'],
    ['from its first target where only the chain around it falls back', 'inner/a', 'rate-limit', 'middle/m'],
    ['past two chains where only the outermost falls back', 'inner/a', 'timeout', 'outer/z'],
    ['from its last target by the chain around it', 'inner/b', 'auth', 'middle/m'],
    ['not from its last target where no chain around it falls back', 'inner/b', 'network', 'no-fallback'],
    ['by the outermost where the one between has nothing left', 'middle/m', 'auth', 'outer/z'],
    ['not by what is only the inner chain’s', 'middle/m', 'network', 'no-fallback'],
    ['for no failure that no chain names', 'inner/a', 'malformed', 'no-fallback'],
    ['for no fault of the request that no chain names', 'inner/a', 'invalid-request', 'request-refused'],
    ['not beyond the outermost', 'outer/z', 'auth', 'no-fallback'],
  ];
  const after = (left: readonly (typeof targets)[number][], id: string, outcome: Attempt['outcome']) => {
    const trail = [attemptOf(id, outcome, { noRetry: true })];
    const next = advance(planOf(left), trail, { elapsedMs: 0, draw: 0 });
    return next.kind === 'attempt' ? next.target.id : next.because;
  };
  for (const [what, id, outcome, expected] of cases) {
    test(what, () => assert.equal(after(targets, id, outcome), expected));
  }
  test('on a fault of the request, where the chain around it names it', () => {
    const named = { name: 'outer', fallbackOn: ['invalid-request'] } as const;
    const [a, z] = [targetOf('inner/a', { fallbackOn: [], outer: [named] }), targetOf('outer/z', { outer: [] })];
    assert.equal(after([a, z], 'inner/a', 'invalid-request'), 'outer/z');
  });
  test('as before where a target between was found unfit on the way', () => {
    const left = targets.filter(({ id }) => id !== 'inner/b' && id !== 'middle/m');
    assert.equal(after(left, 'inner/a', 'network'), 'no-fallback');
    assert.equal(after(left, 'inner/a', 'auth'), 'outer/z');
    assert.equal(after(left, 'inner/a', 'rate-limit'), 'no-fallback');
  });
  test('never backwards, whatever the plan and the failure', () => {
    const reasons = ['auth', 'timeout', 'rate-limit', 'network', 'malformed', 'content-filter'] as const;
    fc.assert(
      fc.property(fc.nat({ max: 3 }), fc.constantFrom(...reasons), fc.subarray(targets), (at, outcome, left) => {
        const from = targets[at];
        if (from === undefined || !left.includes(from)) return;
        const next = left.findIndex(({ id }) => id === after(left, from.id, outcome));
        assert.ok(next === -1 || next > left.indexOf(from));
      }),
    );
  });
});
