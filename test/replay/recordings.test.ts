import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Facts, simulateRequest } from '#decision';
import { buildRecord, createPseudonyms, type TrafficRecord } from '#decision-log';
import {
  buildReport,
  createReplayer,
  createTally,
  mergeTallies,
  readBlocks,
  recordsInOrder,
  runReplay,
  takeHere,
  UnreadableRecording,
} from '#replay';
import { parseLine } from '../../src/replay/parse-line.ts';
import { createQuickLines } from '../../src/replay/quick-line.ts';
import { shapeOf } from '../../src/replay/record-shape.ts';
import { requestOf } from '../decision/build.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { BASE, NOON, pairOf, recordOf } from './replay-fixture.ts';

const pair = pairOf(BASE, BASE.replace('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }'));
const whole = { index: 0, of: 1 };

async function replay(paths: readonly string[], shard = whole) {
  return runReplay(paths, [takeHere(createReplayer(pair.sides), shard)]);
}

const lines = Array.from({ length: 500 }, (_, index) =>
  JSON.stringify(recordOf(`r${index}`, { request: { inputTokens: index * 7 } })),
);

describe('recordings', () => {
  const forms: readonly (readonly [string, Uint8Array | string])[] = [
    ['week.ndjson', `${lines.join('\n')}\n`],
    ['no-end.ndjson', lines.join('\n')],
    ['windows.ndjson', `${lines.join('\r\n')}\r\n`],
    ['blank-lines.ndjson', `\n\n${lines.join('\n\n')}\n \n`],
    ['week.ndjson.gz', gzipSync(`${lines.join('\n')}\n`)],
    ['packed-by-another-name', gzipSync(lines.join('\n'))],
  ];
  for (const [name, content] of forms) {
    it(`${name} gives every record once`, async (t) => {
      const path = join(makeTempDirectory(t), name);
      writeFileSync(path, content);
      const { counts, problems } = await replay([path]);
      assert.deepEqual([counts.records, counts.invalid, counts.cut, problems.length], [500, 0, 0, 0]);
    });
  }

  it('a cut last line is counted and named; the records before it count', async (t) => {
    const folder = makeTempDirectory(t);
    const path = join(folder, 'cut.ndjson');
    writeFileSync(path, lines.join('\n').slice(0, -20));
    const { counts, problems } = await replay([path]);
    assert.deepEqual([counts.records, counts.invalid, counts.cut], [499, 0, 1]);
    assert.deepEqual(problems, [{ file: 'cut.ndjson', line: 500, message: 'the last line ends in its middle' }]);
  });

  it('a packed recording that was cut gives what can be unpacked', async (t) => {
    const path = join(makeTempDirectory(t), 'cut.ndjson.gz');
    const noise = Array.from({ length: 3000 }, (_, index) =>
      JSON.stringify(recordOf(`r${Math.imul(index, 2654435761) >>> 0}`)),
    );
    const packed = gzipSync(noise.join('\n'));
    writeFileSync(path, packed.subarray(0, Math.floor(packed.length * 0.7)));
    const { counts } = await replay([path]);
    assert.ok(counts.records > 100 && counts.records < 3000, `${counts.records}`);
  });

  const bad: readonly (readonly [string, string])[] = [
    ['hello', 'not JSON'],
    ['[]', 'not an object'],
    ['{"id":"a"}', 'no `v`; a record has `"v": 1`'],
    ['{"v":2,"id":"a"}', 'version 2; this program reads version 1'],
    ['{"v":1,"at":"2026-01-01T00:00:00Z","request":{"endpoint":"chat"}}', 'no `id`'],
    ['{"v":1,"id":"a","at":"yesterday","request":{"endpoint":"chat"}}', 'no `at`, or no time in it'],
    ['{"v":1,"id":"a","at":"2026-01-01T00:00:00Z"}', 'no `request`'],
    ['{"v":1,"id":"a","at":"2026-01-01T00:00:00Z","request":{}}', 'no `request.endpoint`'],
  ];
  for (const [line, message] of bad) {
    it(`a line ${line} is named: ${message}`, async (t) => {
      const path = join(makeTempDirectory(t), 'bad.ndjson');
      writeFileSync(path, `${lines[0]}\n${line}\n${lines[1]}\n`);
      const { counts, problems } = await replay([path]);
      assert.equal(counts.records, 2);
      assert.deepEqual(problems, [{ file: 'bad.ndjson', line: 2, message }]);
    });
  }

  it('what cannot be read at all is an error that names it', async (t) => {
    const folder = makeTempDirectory(t, { 'broken.gz': '' });
    writeFileSync(join(folder, 'broken.gz'), Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('no gzip at all')]));
    for (const path of [join(folder, 'missing.ndjson'), folder, join(folder, 'broken.gz')]) {
      await assert.rejects(
        replay([path]),
        (error) => error instanceof UnreadableRecording && error.message.includes(path),
      );
    }
  });

  it('blocks of any size hold whole lines in order', async (t) => {
    const path = join(makeTempDirectory(t), 'large.ndjson');
    const long = 'x'.repeat(5_000_000);
    writeFileSync(path, `${long}1\n${'y\n'.repeat(3_000_000)}${long}2`);
    let text = '';
    let blocks = 0;
    for await (const { bytes, isLast } of readBlocks(path, 0)) {
      const part = Buffer.from(bytes).toString();
      assert.ok(isLast || part.endsWith('\n'));
      text += part;
      blocks += 1;
    }
    assert.ok(blocks > 2);
    assert.equal(text, `${long}1\n${'y\n'.repeat(3_000_000)}${long}2`);
  });

  it('progress counts what is done, not what was handed out', async (t) => {
    const path = join(makeTempDirectory(t), 'long.ndjson');
    writeFileSync(path, `${`${' '.repeat(8191)}\n`.repeat(300)}${lines.join('\n')}\n`);
    const here = takeHere(createReplayer(pair.sides), whole);
    const events: string[] = [];
    const seen: number[] = [];
    const taker = {
      ...here,
      take: async (block: Parameters<typeof here.take>[0]) => {
        events.push('taken');
        const memory = await here.take(block);
        await new Promise(setImmediate);
        return memory;
      },
    };
    await runReplay([path], [taker], ({ readBytes, lines: done }) => {
      events.push('told');
      seen.push(readBytes, done);
    });
    assert.ok(events.length > 4);
    assert.deepEqual(
      events,
      events.map((_, index) => (index % 2 === 0 ? 'taken' : 'told')),
    );
    assert.deepEqual(seen.slice(-2), [statSync(path).size, 800]);
  });

  it('shards hold every line once and add up to the whole', async (t) => {
    const path = join(makeTempDirectory(t), 'week.ndjson');
    writeFileSync(path, lines.join('\n'));
    const parts = await Promise.all([2, 0, 1].map((index) => replay([path], { index, of: 3 })));
    assert.equal(
      JSON.stringify(buildReport(pair.context, mergeTallies(parts))),
      JSON.stringify(buildReport(pair.context, await replay([path]))),
    );
  });

  it('records of several files come in the order of their clocks, however they lie', async (t) => {
    const at = (index: number): string =>
      JSON.stringify(recordOf(`r${String(index).padStart(4, '0')}`, { atMs: NOON + Math.floor(index / 2) * 1000 }));
    const shuffled = Array.from({ length: 1000 }, (_, index) => at((index * 487) % 1000));
    const folder = makeTempDirectory(t, {
      'b.ndjson': shuffled.slice(0, 300).join('\n'),
      'a.ndjson': shuffled.slice(300).join('\n'),
    });
    const ids: string[] = [];
    for await (const { id } of recordsInOrder([join(folder, 'b.ndjson'), join(folder, 'a.ndjson')], createTally()))
      ids.push(id);
    assert.equal(ids.length, 1000);
    assert.deepEqual(ids, [...ids].sort());
  });
});

/** Without what a replay does not read. */
function asRead({ request: { digests, ...request }, decision, outcome, ...record }: TrafficRecord) {
  const { reservations, ...decided } = decision ?? { route: null, allowed: false };
  return { ...record, request, decision: decided };
}

describe('quick reading', () => {
  const made = fc
    .record({
      model: fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'no"thing', 'ünïcode', '","facts":{"nowMs":1'),
      consumer: fc.constantFrom('app', 'tests'),
      metadata: fc.dictionary(
        fc.constantFrom('a', 'facts', ',"decision":{"route":'),
        fc.constantFrom('x', '"quoted"', '}],"outcome":{"status":'),
      ),
      inputTokens: fc.nat(150_000),
      inputTokensAtMost: fc.option(fc.option(fc.nat(600_000)), { nil: undefined }),
      bodyBytes: fc.nat(1_000_000),
      session: fc.option(fc.string()),
      choices: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      outcome: fc.constantFrom('ok', 'fails', 'no usage'),
      counters: fc.dictionary(
        fc.constantFrom('budget:a::x', 'budget:b:ü:rolling', 'a"b'),
        fc.record({ spent: fc.maxSafeNat(), held: fc.nat() }),
      ),
      draw: fc.double({ min: 0, max: 0.99, noNaN: true }),
    })
    .map((each): TrafficRecord => {
      const { choices, inputTokensAtMost, outcome, draw, counters, ...fields } = each;
      const { snapshot } = pair.sides.base;
      const request = requestOf({
        ...fields,
        ...(choices === undefined ? {} : { choices }),
        ...(inputTokensAtMost === undefined ? {} : { inputTokensAtMost }),
      });
      const facts: Facts = {
        nowMs: NOON,
        draw,
        secretsMissing: new Set(),
        breakers: {},
        counters,
        latencies: {},
        inFlight: {},
      };
      const script = outcome === 'fails' ? [{ status: 401 }] : [{ outputTokens: 40 }];
      const played = simulateRequest(snapshot, request, facts, { 'main/gpt': script });
      const attempts = played.calls.map(({ attempt }) =>
        outcome === 'no usage' ? { ...attempt, usage: null } : attempt,
      );
      return buildRecord(
        {
          id: request.id,
          startedMs: NOON,
          endpoint: 'chat',
          dialect: 'openai-chat',
          path: request.path,
          snapshot,
          request,
          keyId: 'k1',
          body: null,
          route: played.route,
          facts,
          stickyDraws: {},
          decision: played.decision,
          isInline: false,
          attempts,
          served: null,
          cache: null,
          settlement: played.settlement,
          status: played.status,
          code: played.code,
          finish: 'stop',
          isComplete: true,
          firstByteMs: 3,
          durationMs: 9,
          alerts: [],
        },
        {
          gatewayVersion: '0.1.0',
          pseudonymise: createPseudonyms('00ff'),
          sampleWeight: draw < 0.3 ? 2 : 1,
          dropped: 0,
        },
      );
    });

  it('of a line as the gateway writes it gives what a replay reads, exactly', () => {
    fc.assert(
      fc.property(fc.array(made, { minLength: 1, maxLength: 12 }), (records) => {
        const reader = createQuickLines();
        for (const record of records) {
          const text = JSON.stringify(record);
          const quick = reader.read(text);
          assert.ok(quick !== null, text);
          const parsed = parseLine(text, false);
          assert.ok(parsed.kind === 'record');
          const { outcome, decision, request, ...rest } = parsed.record;
          const { digests, ...asked } = request;
          const { reservations, ...decided } = decision ?? { route: null, allowed: false };
          const { outcome: quickOutcome, ...quickRest } = quick.record;
          assert.deepEqual(quickRest, { ...rest, request: asked, decision: decided });
          const isAnswered =
            record.attempts?.some((attempt) => attempt.outcome === 'ok' && attempt.usage !== null) === true;
          assert.deepEqual(quickOutcome, isAnswered ? undefined : outcome);
          assert.ok(digests !== undefined && (reservations !== undefined || !decided.allowed));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('of any other line that begins like a record gives the same as the full parser, or nothing', () => {
    const reader = createQuickLines();
    const [sample] = fc.sample(made, { numRuns: 1, seed: 7 });
    const text = JSON.stringify(sample);
    const others = [
      text.slice(0, -1),
      text.slice(0, -40),
      `${text} `,
      '{}',
      '',
      'x',
      text.replace('"v":1', '"v":2'),
      text.replace('"nowMs"', '"nowms"'),
      text.replace('"nowMs":', '"nowMs":0'),
      text.replace('"at":"2026', '"at":"x'),
      text.replace('"request":{', '"request":{"endpoint":1},"x":{'),
      text.replace('"endpoint"', '"Endpoint"'),
      text.replace(/"id":"[^"]*"/, '"id":"\\u0041"'),
      ...lines.slice(0, 20),
    ];
    for (const other of [...others, ...others, text]) {
      const quick = reader.read(other);
      const parsed = parseLine(other, false);
      if (quick !== null)
        assert.deepEqual([asRead(quick.record)], parsed.kind === 'record' ? [asRead(parsed.record)] : []);
    }
    assert.notEqual(reader.read(text), null);
  });

  it('of lines that differ in numbers gives every number, and one shape for all that a decision sees alike', () => {
    const imported = fc
      .record({
        id: fc.stringMatching(/^imp_[0-9a-f]{4}$/),
        inputTokens: fc.nat(200_000),
        output: fc.option(fc.nat(4000)),
        temperature: fc.constantFrom(null, 0, 0.7),
        durationMs: fc.oneof(fc.nat(9000), fc.double({ min: 0, max: 1e6, noNaN: true })),
        model: fc.constantFrom('gpt-4o', 'x","at":"1'),
      })
      .map(({ id, model, inputTokens, output, temperature, durationMs }) =>
        JSON.stringify({
          v: 1,
          id,
          at: '2026-11-23T12:00:00.000Z',
          request: { endpoint: 'chat', model, inputTokens, temperature },
          attempts: [{ target: 'a/b', outcome: 'ok', durationMs, usage: { input: inputTokens, output: output ?? 0 } }],
          outcome: { status: 200 },
        }),
      );
    fc.assert(
      fc.property(fc.array(imported, { minLength: 1, maxLength: 40 }), (texts) => {
        const reader = createQuickLines();
        for (const text of texts) {
          const quick = reader.read(text);
          const parsed = parseLine(text, false);
          assert.ok(quick !== null && parsed.kind === 'record', text);
          assert.deepEqual(quick.record, parsed.record);
          assert.equal(quick.shape, shapeOf(parsed.record));
        }
      }),
      { numRuns: 200 },
    );
  });
});
