import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide, match } from '#decision';
import type { TrafficRecord } from '#decision-log';
import { buildReport, createReplayer, createSide, mergeTallies } from '#replay';
import type { Snapshot } from '#snapshot';
import { judgeRequest } from '../../src/replay/decide-record.ts';
import { shapeOf } from '../../src/replay/record-shape.ts';
import { inputOf } from '../../src/replay/recorded-input.ts';
import { createSideShape, type SideShape } from '../../src/replay/side.ts';
import { APP_DAY, answerBy, BASE, failureBy, NOON, pairOf, recordOf, tallyOf } from './replay-fixture.ts';

const HEAD = BASE.replace('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }')
  .replace('tokens: 100000', 'tokens: 60000')
  .replace(
    'spec: { match: {}, chain: main }',
    'spec: { match: {}, chain: main, cache: hour, limits: { maxInputTokens: 90000 } }',
  );

const records: fc.Arbitrary<readonly TrafficRecord[]> = fc
  .array(
    fc
      .record({
        consumer: fc.constantFrom('app', 'tests', 'nobody'),
        model: fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'unknown-model'),
        inputTokens: fc.nat(200_000),
        inputTokensAtMost: fc.constantFrom(undefined, null, 900, 60_000, 110_000, 130_000, 800_000),
        maxOutputTokens: fc.option(fc.constantFrom(10, 500, 30_000)),
        tools: fc.nat(1),
        stream: fc.boolean(),
        spent: fc.option(fc.nat(120_000)),
        held: fc.nat(2000),
        breaker: fc.option(fc.constantFrom('open' as const, 'half-open' as const)),
        answer: fc.constantFrom('gpt', 'claude', 'fallback', 'none'),
        minutes: fc.nat(3000),
        weight: fc.constantFrom(1, 1, 2.5, 1.333),
      })
      .map((made) => made),
    { maxLength: 40 },
  )
  .map((made) =>
    made.map((each, index) => {
      const atMs = NOON + each.minutes * 60_000;
      const counters = each.spent === null ? {} : { [APP_DAY]: { spent: each.spent, held: each.held } };
      const attempts = {
        gpt: [answerBy('openai/gpt-4o', each.inputTokens, 90)],
        claude: [answerBy('anthropic/claude-sonnet-4-5', each.inputTokens, 90)],
        fallback: [
          failureBy('openai/gpt-4o', 'server-error'),
          answerBy('anthropic/claude-sonnet-4-5', each.inputTokens, 33),
        ],
        none: [],
      }[each.answer];
      const { consumer, model, inputTokens, inputTokensAtMost, maxOutputTokens, tools, stream, weight } = each;
      const bound = inputTokensAtMost === undefined ? {} : { inputTokensAtMost };
      const breakers = each.breaker === null ? {} : { 'main/gpt': each.breaker };
      return recordOf(`r${index}`, {
        atMs,
        sampleWeight: weight,
        request: { consumer, model, inputTokens, ...bound, maxOutputTokens, tools, stream },
        facts: { counters, breakers },
        attempts,
      });
    }),
  );

describe('replaying', () => {
  const pair = pairOf(BASE, HEAD);

  it('gives the same report for any order and any split of the records', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat(2)), fc.nat(), (made, part, seed) => {
        const whole = JSON.stringify(buildReport(pair.context, tallyOf(pair, made)));
        const shuffled = [...made].sort((a, b) => hash(a.id, seed) - hash(b.id, seed));
        assert.equal(JSON.stringify(buildReport(pair.context, tallyOf(pair, shuffled))), whole);
        const parts: TrafficRecord[][] = [[], [], []];
        for (const record of shuffled) parts[part.next().value ?? 0]?.push(record);
        const merged = mergeTallies(parts.map((each) => tallyOf(pair, each)));
        assert.equal(JSON.stringify(buildReport(pair.context, merged)), whole);
        // As parts travel between machines.
        const travelled = mergeTallies(parts.map((each) => JSON.parse(JSON.stringify(tallyOf(pair, each)))));
        assert.equal(JSON.stringify(buildReport(pair.context, travelled)), whole);
      }),
      { numRuns: 60 },
    );
  });

  it('remembers nothing that deciding anew would not say', () => {
    fc.assert(
      fc.property(records, (made) => judgedAsAnew(pair.sides.head.snapshot, made)),
      { numRuns: 300 },
    );
  });

  it('nor of requests that differ only in size, each with more of one or of another', () => {
    const sizes = fc.record({
      inputTokens: fc.constantFrom(100, 5000, 20_000, 80_000, 95_000),
      inputTokensAtMost: fc.constantFrom(900, 20_000, 60_000, 110_000, 800_000),
      spent: fc.nat(100_000),
    });
    fc.assert(
      fc.property(fc.array(sizes, { maxLength: 40 }), (made) => {
        const alike = made.map(({ spent, ...request }, index) =>
          recordOf(`r${index}`, { request, facts: { counters: { [APP_DAY]: { spent, held: 0 } } } }),
        );
        judgedAsAnew(pair.sides.head.snapshot, alike);
      }),
      { numRuns: 200 },
    );
  });

  it('decides as the gateway does', () => {
    fc.assert(
      fc.property(records, (made) => {
        const { snapshot } = pair.sides.base;
        for (const record of made) {
          const input = inputOf(record, record.facts?.nowMs ?? 0);
          const request = input.request();
          if (!snapshot.consumers.has(request.consumer)) continue;
          const matched = match(snapshot, request, input.nowMs);
          if (matched.kind !== 'matched') continue;
          const decision = decide(snapshot, request, matched.route, input.facts());
          const replayer = createReplayer(pair.sides);
          replayer.add({
            ...record,
            digest: snapshot.digest,
            decision: {
              route: decision.route,
              allowed: decision.kind === 'allow',
              ...(decision.kind === 'deny'
                ? { code: decision.code }
                : { chain: decision.plan.chain, targets: decision.plan.targets.map(({ id }) => id) }),
            },
          });
          assert.deepEqual(
            [replayer.tally.counts.checked, replayer.tally.counts.reproduced],
            [replayer.tally.counts.weight, replayer.tally.counts.weight],
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});

function hash(text: string, seed: number): number {
  let value = seed | 0;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  return value;
}

function judgedAsAnew(snapshot: Snapshot, made: readonly TrafficRecord[]): void {
  const side = createSide(snapshot);
  const shapes = new Map<string, SideShape>();
  for (const record of made) {
    const key = shapeOf(record);
    const shape = shapes.get(key) ?? createSideShape();
    shapes.set(key, shape);
    const input = inputOf(record, record.facts?.nowMs ?? 0);
    const quick = side.judge(input, shape);
    const anew = judgeRequest(snapshot, input.request(), input.facts());
    const told = ({ route, code, status, cache, plan }: typeof anew) => ({
      route,
      code,
      status,
      cache,
      targets: plan?.targets.map(({ id }) => id),
    });
    assert.deepEqual(told(quick), told(anew));
  }
}
