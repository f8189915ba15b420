import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parsePolicies } from '#policy';
import { findMutants } from '../../src/cli/mutate/find-mutants.ts';
import { judgeMutant } from '../../src/cli/mutate/judge-mutant.ts';
import { prepareMutation } from '../../src/cli/mutate/mutation-plan.ts';
import { inlineSources } from '../support/compile-inline.ts';
import { runVerb } from '../support/run-verb.ts';
import { runProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { failing, shop } from './policies-for-verbs.ts';

const chain = `kind: Chain
metadata: { name: main }
spec:
  fallbackOn: [rate-limit, auth]
  defaults: { timeouts: { total: 20s }, retry: { max: 1, on: [rate-limit] } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`;
const head = `${chain}
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main }
---
kind: Consumer
metadata: { name: app }
---
`;
const tests = (...cases: readonly string[]) => `${head}kind: Test
metadata: { name: all }
spec:
  cases:
${cases.map((each) => `    - ${each}\n`).join('')}`;
const ask = 'request: { consumer: app, model: gpt-4o, inputTokens: 100, maxOutputTokens: 100 }';

const changesOf = (text: string): readonly string[] =>
  findMutants(parsePolicies(inlineSources({ 'all.yaml': text }))).map(({ change }) => change);

function survivorsOf(text: string): readonly string[] {
  const sources = inlineSources({ 'all.yaml': text });
  const { judge, mutants } = prepareMutation({ sources, outside: [], chosen: null, environment: 'development' });
  return mutants.filter((mutant) => judgeMutant(mutant, judge) === 'survived').map(({ change }) => change);
}

/** A document, and everything that is done to it. */
const table: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a chain loses targets, their order, its outcomes and its retries',
    chain,
    [
      'Chain/main: fallbackOn[auth] removed',
      'Chain/main: fallbackOn[rate-limit] removed',
      'Chain/main: defaults.retry.max set to 0',
      'Chain/main: targets[gpt] removed',
      'Chain/main: targets[gpt] swapped with claude',
      'Chain/main: targets[claude] removed',
    ],
  ],
  [
    'a route loses its conditions one by one, and the values of each but the last',
    `kind: Route
metadata: { name: a }
spec:
  match: { consumers: [one], models: [x, y], metadata: { topic: [p, q] } }
  priority: 3
  limits: { maxInputTokens: 10, maxRequestCost: "0.05 USD", bodySize: 1MiB }
  guardrails: [g]`,
    [
      'Route/a deleted',
      'Route/a: match.consumers removed',
      'Route/a: match.metadata.topic removed',
      'Route/a: match.metadata.topic[p] removed',
      'Route/a: match.metadata.topic[q] removed',
      'Route/a: match.models removed',
      'Route/a: match.models[x] removed',
      'Route/a: match.models[y] removed',
      'Route/a: priority removed',
      'Route/a: limits.maxInputTokens doubled to 20',
      'Route/a: limits.maxRequestCost removed',
    ],
  ],
  [
    'a budget loses its limit, its action, its thresholds and its scope',
    `kind: Budget
metadata: { name: b }
spec:
  scope: { consumers: [one] }
  per: [consumer]
  limit: { cost: "12.50 USD" }
  window: { every: day }
  alertAt: [80%]
  onExhausted: { chain: main }`,
    [
      'Budget/b deleted',
      'Budget/b: scope.consumers removed',
      'Budget/b: per removed',
      'Budget/b: limit.cost doubled to 25 USD',
      'Budget/b: alertAt[80%] removed',
      'Budget/b: onExhausted set to warn',
    ],
  ],
  [
    'a guardrail loses its checks, and what follows from them',
    `kind: Guardrail
metadata: { name: g }
spec:
  checks: [{ id: card, check: credit-card, action: block }, { id: ip, check: ip-address, action: flag }]`,
    [
      'Guardrail/g: checks[card] removed',
      'Guardrail/g: checks[card].action set to flag',
      'Guardrail/g: checks[ip] removed',
    ],
  ],
  [
    'an environment loses each operation that a case can come by',
    `kind: Environment
metadata: { name: e }
spec:
  overrides:
    - { target: Project/p, path: anonymous, set: app }
    - { target: Project/p, path: compatibility.portkeyHeaders, set: true }
    - { target: Receiver/r, path: email.to, set: [] }
    - { target: Provider/openai, path: baseUrl, set: "https://example.com" }
    - { target: Provider/openai, path: auth.secret, set: { env: X } }`,
    [
      'Environment/e: overrides[Project/p anonymous] removed',
      'Environment/e: overrides[Provider/openai auth.secret] removed',
    ],
  ],
  [
    'a document that already is what it would be set to stays out',
    'kind: Budget\nmetadata: { name: b }\nspec: { limit: { requests: 1 }, window: { every: day }, onExhausted: warn }',
    ['Budget/b deleted', 'Budget/b: limit.requests doubled to 2'],
  ],
  [
    'tests, models and receivers are left alone',
    'kind: Receiver\nmetadata: { name: r }\nspec: { email: { to: [a@example.com] } }',
    [],
  ],
];

describe('mutants of policies', () => {
  for (const [what, document, changes] of table) {
    it(what, () => assert.deepEqual(changesOf(document), changes));
  }

  it('never change the documents they are made from', () => {
    const parsed = parsePolicies(inlineSources({ 'all.yaml': tests(`{ name: x, ${ask}, expect: { status: 200 } }`) }));
    const before = JSON.stringify(parsed.documents.map(({ value }) => value));
    const mutants = findMutants(parsed);
    assert.equal(JSON.stringify(parsed.documents.map(({ value }) => value)), before);
    for (const { document, value, change } of mutants) {
      assert.notDeepEqual(value, document.value, `${change} changes nothing`);
    }
  });

  it('survive where no case looks', () => {
    assert.deepEqual(survivorsOf(tests(`{ name: answers, ${ask}, expect: { status: 200 } }`)), [
      'Chain/main: fallbackOn[auth] removed',
      'Chain/main: fallbackOn[rate-limit] removed',
      'Chain/main: defaults.retry.max set to 0',
      'Chain/main: targets[gpt] removed',
      'Chain/main: targets[gpt] swapped with claude',
      'Chain/main: targets[claude] removed',
    ]);
  });

  it('are all noticed by cases that say what each line is for', () => {
    const cases = [
      `{ name: retried, ${ask}, upstream: { gpt: [{ status: 429 }] }, expect: { attempts: [gpt, gpt, claude] } }`,
      `{ name: key, ${ask}, upstream: { gpt: [{ status: 401 }] }, expect: { attempts: [gpt, claude] } }`,
    ];
    assert.deepEqual(survivorsOf(tests(...cases)), []);
  });
});

describe('signalbox test --mutate', () => {
  const survives = {
    'policies/all.yaml': withVersions(tests(`{ name: answers, ${ask}, expect: { target: main/gpt } }`)),
  };
  const waiver = (subject: string, expires: string) => ({
    ...survives,
    'policies/waiver.yaml': `apiVersion: signalbox/v1\nkind: Waiver\nmetadata: { name: w }\nspec: { rule: test/survivor, subject: "${subject}", reason: why, expires: ${expires} }\n`,
  });
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, number, RegExp])[] = [
    [
      'lists what survived, with its place',
      survives,
      1,
      /Mutants 7: 3 noticed by a case, 0 refused by the compiler, 4 survived\n {2}✖ policies\/all\.yaml:4\n {6}Chain\/main: fallbackOn\[auth\] removed\n[\s\S]*✖ 1 passed, 4 mutants survived\n$/,
    ],
    [
      'accepts a document',
      waiver('Chain/main', '2999-01-01'),
      0,
      /0 survived, 4\s+accepted by waivers[\s\S]*✔ 1 passed/,
    ],
    ['accepts a part of it', waiver('Chain/main:fallbackOn', '2999-01-01'), 1, /2 survived, 2\s+accepted by waivers/],
    ['accepts nothing after the day', waiver('Chain/main', '2020-01-01'), 1, /4 survived\n/],
    ['tries nothing where a case fails', failing, 1, /✖ 2 passed, 1 failed\n$/],
  ];
  for (const [what, files, code, stdout] of rows) {
    it(what, async (t) => {
      const run = await runVerb(t, ['test', '--mutate'], { cwd: makeTempDirectory(t, files) });
      assert.equal(run.code, code, run.stdout + run.stderr);
      assert.match(run.stdout, stdout);
      assert.equal(run.stderr, '');
    });
  }

  it('gives the same list in every format, and from every thread', async (t) => {
    // Enough mutants for threads: each route has a dozen.
    const routes = Array.from(
      { length: 12 },
      (_, at) =>
        `kind: Route\nmetadata: { name: r${at} }\nspec: { match: { paths: [/a${at}, /b${at}], models: [x${at}, y${at}] }, priority: ${at + 1}, chain: main, limits: { maxInputTokens: 100 } }\n---\n`,
    ).join('');
    const cwd = makeTempDirectory(t, {
      'policies/all.yaml': withVersions(routes + tests(`{ name: answers, ${ask}, expect: { target: main/gpt } }`)),
    });
    const formats = ['json', 'sarif', 'junit', 'github', 'markdown'].flatMap((each) => ['--format', `${each}=${each}`]);
    const run = await runProcess(t, ['test', '--mutate', ...formats], { cwd });
    assert.equal(run.code, 1, run.stderr);
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    const report = JSON.parse(read('json'));
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/test-report.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const isValid: boolean = validate(report);
    assert.ok(isValid, JSON.stringify(validate.errors));
    const { total, survived } = report.mutants;
    assert.ok(total > 80, 'too few for threads');
    const sources = [{ file: 'all.yaml', bytes: readFileSync(join(cwd, 'policies/all.yaml')) }];
    const { judge, mutants } = prepareMutation({ sources, outside: [], chosen: null, environment: 'development' });
    const here = mutants
      .filter((mutant) => judgeMutant(mutant, judge) === 'survived')
      .map(({ at, change }) => ({ ...at, change }));
    assert.deepEqual(report.survivors, here);
    assert.equal(survived, here.length);
    const { results } = JSON.parse(read('sarif')).runs[0];
    assert.equal(results.length, survived);
    assert.equal(results[0].ruleId, 'test/survivor');
    assert.match(read('junit'), new RegExp(`<testsuite name="mutants" tests="${total}" failures="${survived}"`));
    assert.match(
      read('github'),
      /^::error file=policies\/all\.yaml,line=\d+,.*title=test\/survivor::no case notices: /,
    );
    assert.match(read('markdown'), new RegExp(`#### Mutants: ${total} tried, .* ${survived} survived`));
  });

  it('runs on a tree with several environments', async (t) => {
    const run = await runVerb(t, ['test', '--mutate', '--format', 'json'], { cwd: makeTempDirectory(t, shop) });
    const { survivors } = JSON.parse(run.stdout);
    const changes = survivors.map(({ change }: { readonly change: string }) => change);
    assert.ok(changes.includes('Environment/development: overrides[Project/shop anonymous] removed'));
    assert.ok(!changes.includes('Route/returns deleted'));
  });
});

function withVersions(text: string): string {
  const [source] = inlineSources({ x: text });
  return new TextDecoder().decode(source?.bytes);
}

describe('the example company', () => {
  it('has a case, or a waiver with its reason, for every line that a mutant changes', async (t) => {
    const run = await runProcess(t, ['test', '--mutate', '--min-coverage', '90%'], {
      cwd: join(import.meta.dirname, '../..'),
    });
    assert.equal(run.code, 0, run.stdout.slice(-4000));
  });
});
