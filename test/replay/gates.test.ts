import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TrafficRecord } from '#decision-log';
import { APP_DAY, answerBy, BASE, failureBy, NOON, pairOf, recordOf, replayed } from './replay-fixture.ts';

const DAY_MS = 86_400_000;

/** The same request at both ends of a day, so that amounts are amounts a day. */
const overADay = (count: number, parts: Parameters<typeof recordOf>[1] = {}): readonly TrafficRecord[] =>
  Array.from({ length: count }, (_, index) =>
    recordOf(`r${index}`, { ...parts, atMs: index === 0 ? NOON : NOON + DAY_MS }),
  );

const swap = (from: string, to: string): string => {
  assert.ok(BASE.includes(from), from);
  return BASE.replace(from, to);
};

const toClaude = swap('    - { id: gpt, model: openai/gpt-4o }\n', '');
const toMini = swap('id: gpt, model: openai/gpt-4o }', 'id: gpt, model: openai/gpt-4o-mini }');
const denied = swap('spec: { match: {}, chain: main }', 'spec: { match: {}, deny: { status: 403, message: closed } }');
const toNoTools = `${toMini}---\nkind: Model\nmetadata: { name: openai/gpt-4o-mini }\nspec: { capabilities: [streaming] }\n`;

interface Case {
  readonly name: string;
  readonly base?: string;
  readonly head: string;
  readonly records: readonly TrafficRecord[];
  readonly breached: readonly string[];
}

const recorded = { route: 'default', chain: 'main', allowed: true, targets: ['main/gpt', 'main/claude'] };

const cases: readonly Case[] = [
  { name: 'nothing changes', head: BASE, records: overADay(3), breached: [] },
  // Claude costs 1,000 micro-USD more for each of these.
  { name: 'dearer by 29%, but only by 0.3 USD a day', head: toClaude, records: overADay(300), breached: [] },
  { name: 'dearer by 29% and by 1.2 USD a day', head: toClaude, records: overADay(1200), breached: ['costIncrease'] },
  {
    name: 'dearer by 1.2 USD a day, but only by a hundredth',
    base: `${BASE}---\nkind: Route\nmetadata: { name: some }\nspec: { match: { metadata: { some: ["yes"] } }, chain: main }\n`,
    head: `${BASE}---\nkind: Chain\nmetadata: { name: dear }\nspec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: claude, model: anthropic/claude-sonnet-4-5 }] }\n---\nkind: Route\nmetadata: { name: some }\nspec: { match: { metadata: { some: ["yes"] } }, chain: dear }\n`,
    records: [
      ...overADay(1200, { request: { metadata: { some: 'yes' } } }),
      ...Array.from({ length: 100 }, (_, index) =>
        recordOf(`big${index}`, { attempts: [answerBy('openai/gpt-4o', 800_000, 0)] }),
      ),
    ],
    breached: [],
  },
  { name: 'a lower tier answers', head: toMini, records: overADay(1), breached: ['tierDowngrades'] },
  { name: 'a request is newly denied', head: denied, records: overADay(1), breached: ['newDenials'] },
  {
    name: 'a denial more among denials that were there',
    head: swap('limit: { tokens: 100000 }', 'limit: { tokens: 50000 }'),
    records: [
      recordOf('a', { facts: { counters: { [APP_DAY]: { spent: 60_000, held: 0 } } } }),
      recordOf('b', { facts: { counters: { [APP_DAY]: { spent: 100_000, held: 0 } } } }),
    ],
    breached: ['newDenials'],
  },
  {
    name: 'tools are asked for, and the new target can do none',
    base: toNoTools.replace('[streaming]', '[tools]'),
    head: toNoTools.replace('    - { id: claude, model: anthropic/claude-sonnet-4-5 }\n', ''),
    records: overADay(1, { request: { tools: 1 }, attempts: [answerBy('openai/gpt-4o-mini')] }),
    breached: ['newDenials', 'capabilityLosses'],
  },
  {
    name: 'more answers come from a fallback',
    head: swap(
      '    - { id: gpt, model: openai/gpt-4o }\n    - { id: claude, model: anthropic/claude-sonnet-4-5 }\n',
      '    - { id: claude, model: anthropic/claude-sonnet-4-5 }\n    - { id: gpt, model: openai/gpt-4o }\n',
    ),
    records: overADay(10, { attempts: [failureBy('anthropic/claude-sonnet-4-5', 'auth'), answerBy('openai/gpt-4o')] }),
    breached: ['fallbackShareIncrease'],
  },
  {
    name: 'recorded decisions come out again',
    head: BASE,
    records: overADay(3, { digest: pairOf(BASE, BASE).context.base.digest, decision: recorded }),
    breached: [],
  },
  {
    name: 'a recorded decision does not',
    head: BASE,
    records: overADay(3, { digest: pairOf(BASE, BASE).context.base.digest, decision: { ...recorded, route: 'tests' } }),
    breached: ['minFidelity'],
  },
  {
    name: 'too many records lack what is needed',
    head: BASE,
    records: [...overADay(9), recordOf('x', { request: { consumer: undefined as unknown as string } })],
    breached: ['maxIndeterminate'],
  },
  {
    name: 'as much is reached as is asked for, two of five',
    base: swap('maxIndeterminate: 5%', 'minCoverage: 40%'),
    head: BASE,
    records: overADay(2),
    breached: [],
  },
  {
    name: 'too little of the policies is reached',
    base: swap('maxIndeterminate: 5%', 'minCoverage: 41%'),
    head: BASE,
    records: overADay(2),
    breached: ['minCoverage'],
  },
];

describe('gates', () => {
  for (const { name, base = BASE, head, records, breached } of cases) {
    it(`${name}: ${breached.length === 0 ? 'every gate holds' : `${breached.join(' and ')} breached`}`, () => {
      const report = replayed(pairOf(base, head), records);
      const failed = report.gates.filter(({ passed }) => !passed).map(({ rule }) => rule);
      assert.deepEqual(failed, breached);
      assert.equal(report.exitCode, breached.length === 0 ? 0 : 1);
      assert.equal(report.verdict.passed, breached.length === 0);
      for (const rule of breached) assert.match(report.verdict.text, new RegExp(rule));
    });
  }

  it('a recording without decisions measures no fidelity, and says so', () => {
    const report = replayed(pairOf(BASE, BASE), overADay(2));
    const gate = report.gates.find(({ rule }) => rule === 'minFidelity');
    assert.deepEqual([report.fidelity, gate?.actual, gate?.passed], [null, null, true]);
    assert.match(gate?.note ?? '', /no record has a decision/);
  });

  it('a head cannot loosen its own gate', () => {
    const loose = denied.replace('newDenials: 0', 'newDenials: 1000');
    assert.equal(replayed(pairOf(BASE, loose), overADay(1)).exitCode, 1);
  });

  const waiver = (rule: string, subject: string, expires: string): string =>
    `---\nkind: Waiver\nmetadata: { name: agreed }\nspec: { rule: ${rule}, subject: ${subject}, reason: Agreed with the team, expires: ${expires} }\n`;

  const waived: readonly (readonly [string, string, string | null, number])[] = [
    ['the whole gate', waiver('dry-run/newDenials', 'Project/company', '2027-01-01'), 'agreed', 0],
    ['by its bare name', waiver('newDenials', 'Project/company', '2027-01-01'), 'agreed', 0],
    ['one route', waiver('newDenials', 'Route/default', '2027-01-01'), 'agreed', 0],
    ['one consumer', waiver('newDenials', 'Consumer/app', '2027-01-01'), 'agreed', 0],
    ['another route', waiver('newDenials', 'Route/tests', '2027-01-01'), null, 1],
    ['another gate', waiver('costIncrease', 'Project/company', '2027-01-01'), null, 1],
    ['until yesterday', waiver('newDenials', 'Project/company', '2026-11-22'), null, 1],
  ];
  for (const [name, text, used, exitCode] of waived) {
    it(`a waiver of the base for ${name} ${exitCode === 0 ? 'lets the change pass' : 'does not help'}`, () => {
      const report = replayed(pairOf(BASE + text, denied + text), overADay(1));
      assert.equal(report.exitCode, exitCode);
      const gate = report.gates.find(({ rule }) => rule === 'newDenials');
      assert.equal(gate?.waiver ?? null, used);
    });
  }

  it('a waiver that comes with the change is not in force', () => {
    const text = waiver('newDenials', 'Project/company', '2027-01-01');
    assert.equal(replayed(pairOf(BASE, denied + text), overADay(1)).exitCode, 1);
  });
});
