import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type CompiledSide, compareCompiled } from '../../src/cli/diff/compare-compiled.ts';
import { compileInline } from '../support/compile-inline.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram, type SkipContext } from '../support/skip.ts';
import { startGateway } from '../support/start-process.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

type Context = SkipContext & Cleanup;

const policies = `
kind: Project
metadata: { name: shop }
spec: { timezone: UTC, defaults: { timeouts: { total: 60s }, retry: { max: 1, on: [timeout] } } }
---
kind: Consumer
metadata: { name: parent }
---
kind: Consumer
metadata: { name: web, labels: { team: shop } }
spec: { parent: parent, allow: { routes: [default] } }
---
kind: Consumer
metadata: { name: batch }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, cache: week }
---
kind: Route
metadata: { name: night }
spec: { match: { consumers: [batch], when: 'request.inputTokens < 10' }, chain: outer }
---
kind: Chain
metadata: { name: premium }
spec:
  deadline: 120s
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
---
kind: Chain
metadata: { name: outer }
spec:
  targets: [{ id: inner, chain: premium }, { id: last, model: google/gemini-2.5-pro }]
---
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d }
---
kind: Budget
metadata: { name: month }
spec: { scope: { consumers: [parent] }, limit: { cost: "100 USD" }, window: { every: month }, onExhausted: deny }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }
---
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
`;

function sideOf(text: string): CompiledSide {
  const compiled = compileInline(text);
  assert.ok(compiled.snapshot !== null, JSON.stringify(compiled.diagnostics));
  return { ...compiled, snapshot: compiled.snapshot };
}

/** What is written instead of what, and what that does, for whom. */
const table: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'another model',
    'openai/gpt-4o }',
    'openai/gpt-4o-mini }',
    ['Chain/premium [batch parent web | default night] target gpt calls openai/gpt-4o-mini instead of openai/gpt-4o'],
  ],
  ['another unit for the same time', '120s', '2m', []],
  ['a default said aloud', 'deadline: 120s', 'deadline: 120s\n  strategy: fallback', []],
  ['comments and layout', 'deadline: 120s', '# how long\n  deadline:   120s', []],
  ['who owns a document', 'name: premium }', 'name: premium, owner: someone }', []],
  [
    'another order',
    '    - { id: gpt, model: openai/gpt-4o }\n    - { id: claude, model: anthropic/claude-sonnet-4-5 }',
    '    - { id: claude, model: anthropic/claude-sonnet-4-5 }\n    - { id: gpt, model: openai/gpt-4o }',
    ['Chain/premium [batch parent web | default night] targets in another order: claude, gpt; was gpt, claude'],
  ],
  [
    'a new target',
    '    - { id: claude,',
    '    - { id: mini, model: openai/gpt-4o-mini }\n    - { id: claude,',
    ['Chain/premium [batch parent web | default night] new target mini: openai/gpt-4o-mini'],
  ],
  [
    'a target less',
    '    - { id: claude, model: anthropic/claude-sonnet-4-5 }\n',
    '',
    ['Chain/premium [batch parent web | default night] target claude is gone: anthropic/claude-sonnet-4-5'],
  ],
  [
    'another chain',
    'match: {}, chain: premium',
    'match: {}, chain: outer',
    ['Route/default [batch parent web | default] goes to chain outer instead of premium'],
  ],
  [
    'a condition',
    '< 10',
    '< 20',
    ['Route/night [batch | night] match.when: request.inputTokens < 20; was request.inputTokens < 10'],
  ],
  ['no cache', ', cache: week', '', ['Route/default [batch parent web | default] cache is not set any more; was week']],
  ['a shorter cache', 'ttl: 7d', 'ttl: 1d', ['Cache/week [batch parent web | default] ttl: 1d; was 7d']],
  [
    'less money',
    '"100 USD" }, window: { every: month }, onExhausted: deny',
    '"50 USD" }, window: { every: month }, onExhausted: { chain: outer }',
    [
      'Budget/month [parent web | ] limit.cost: 50 USD; was 100 USD',
      'Budget/month [parent web | ] at its end: chain outer; was deny',
    ],
  ],
  [
    'the timezone of all',
    'timezone: UTC',
    'timezone: Asia/Tokyo',
    [
      'Budget/month [parent web | ] window.timezone: Asia/Tokyo; was UTC',
      'Project/shop [batch parent web | default night] timezone: Asia/Tokyo; was UTC',
    ],
  ],
  [
    'what chains take from the project',
    'max: 1, on',
    'max: 2, on',
    [
      ...['Chain/outer [batch | night]', 'Chain/premium [batch parent web | default night]'].flatMap((who) =>
        (who.startsWith('Chain/outer') ? ['inner', 'last'] : ['gpt', 'claude']).map(
          (id) => `${who} targets[${id}].retry.max: 2; was 1`,
        ),
      ),
      'Project/shop [batch parent web | default night] defaults.retry.max: 2; was 1',
    ],
  ],
  ['a label', 'team: shop', 'team: web', ['Consumer/web [web | ] labels.team: web; was shop']],
  ['an alert', 'above: 5%', 'above: 10%', ['Alert/errors [ | ] when.above: 10%; was 5%']],
  [
    'a document less',
    'kind: Alert\nmetadata: { name: errors }\nspec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }\n---\n',
    '',
    ['Alert/errors [ | ] removed'],
  ],
];

describe('what one revision does otherwise than another', () => {
  const base = sideOf(policies);
  for (const [what, from, to, expected] of table) {
    it(`tells of ${what}`, () => {
      assert.ok(policies.includes(from));
      const { changes } = compareCompiled(base, sideOf(policies.replace(from, () => to)));
      const lines = changes.flatMap(({ document, change, fields, affects }) => {
        const who = `${document} [${affects.consumers.join(' ')} | ${affects.routes.join(' ')}]`;
        return fields.length === 0 ? [`${who} ${change}`] : fields.map(({ words }) => `${who} ${words}`);
      });
      assert.deepEqual(lines, expected);
    });
  }

  it('is the mirror image the other way round', () => {
    for (const [, from, to] of table) {
      const head = sideOf(policies.replace(from, () => to));
      const there = compareCompiled(base, head).changes;
      const back = compareCompiled(head, base).changes;
      const parts = (changes: typeof there, side: 'from' | 'to') =>
        changes.map(({ document, fields }) => [document, fields.map((field) => [field.path, field[side]]).sort()]);
      assert.deepEqual(parts(there, 'from'), parts(back, 'to'));
      assert.deepEqual(parts(there, 'to'), parts(back, 'from'));
    }
  });

  it('names the lines of both sides', () => {
    const head = sideOf(`\n\n${policies.replace('openai/gpt-4o }', 'openai/gpt-4o-mini }')}`);
    const [change] = compareCompiled(base, head).changes;
    const [field] = change?.fields ?? [];
    assert.equal(lineOf(policies, field?.base?.line), '    - { id: gpt, model: openai/gpt-4o }');
    assert.equal((field?.head?.line ?? 0) - (field?.base?.line ?? 0), 2);
  });
});

/** Every document before it adds one line of `apiVersion`. */
function lineOf(text: string, line: number | undefined): string | undefined {
  const lines = text.split(/^---$/m).flatMap((document, index) => [
    ...(index === 0 ? [] : ['---']),
    ...document
      .replace(/\s*$/, '\napiVersion: signalbox/v1')
      .replace(/^\n/, index === 0 ? '\n' : '')
      .split('\n'),
  ]);
  return lines[(line ?? 0) - 1];
}

const dearer = (text: string): string => text.replace('model: openai/gpt-4o }', 'model: openai/gpt-4o-mini }');

describe('signalbox diff', () => {
  const isReport = new Ajv2020({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/diff-report.schema.json'), 'utf8')),
  );

  function openRepository(t: Context): string | undefined {
    if (requireProgram(t, 'git') === undefined) return undefined;
    const folder = makeTempDirectory(t, shop);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'base');
    return folder;
  }

  it('compares revisions, folders and the working tree, and exits by what it was asked', async (t: Context) => {
    const folder = openRepository(t);
    if (folder === undefined) return;
    const chains = join(folder, 'policies/chains.yaml');
    const run = (...args: string[]) => runVerb(t, ['diff', ...args], { cwd: folder });
    const same = await run('main', '--detailed-exitcode');
    assert.deepEqual(
      [same.code, same.stdout],
      [0, 'main → working tree\n\nnothing does otherwise (development, production)\n'],
    );
    writeFileSync(chains, dearer(shop['policies/chains.yaml'] ?? ''));
    for (const [args, code] of [
      [['main'], 0],
      [['main', '--detailed-exitcode'], 3],
      [['main', 'policies', '--detailed-exitcode'], 3],
      [['policies', 'main', '--detailed-exitcode'], 3],
      [['main', 'main', '--detailed-exitcode'], 0],
      [['nowhere'], 2],
      [['--', '--output=x'], 2],
      [[], 2],
      [['main', '--env', 'prodution'], 2],
      [['http://127.0.0.1:9'], 2],
      [['main', '--running', 'http://127.0.0.1:9'], 2],
    ] as const) {
      const { code: actual, stdout, stderr } = await run(...args);
      assert.equal(actual, code, `${args.join(' ')}\n${stdout}${stderr}`);
    }
    const shown = (await run('main')).stdout;
    assert.match(
      shown,
      /~ Chain\/premium {2}policies\/chains\.yaml:1\n {4}target gpt calls openai\/gpt-4o-mini instead of openai\/gpt-4o\n {6}policies\/chains\.yaml:9\n {4}for every consumer through routes default, returns\n/,
    );
    writeFileSync(chains, 'kind: [');
    const broken = await run('main');
    assert.equal(broken.code, 1);
    assert.match(
      broken.stdout,
      /working tree: not valid YAML[\s\S]*working tree does not compile, so nothing was compared/,
    );
    assert.match((await run('policies', 'main')).stdout, /policies does not compile/);
  });

  it('gives every format, the JSON by its schema', async (t) => {
    const cwd = makeTempDirectory(t, {
      ...shop,
      ...Object.fromEntries(Object.entries(shop).map(([path, text]) => [path.replace('policies', 'before'), text])),
      'policies/chains.yaml': dearer(shop['policies/chains.yaml'] ?? ''),
      'policies/budgets.yaml': '# none\n',
    });
    const formats = ['json', 'sarif', 'junit', 'github', 'markdown'].flatMap((each) => ['--format', `${each}=${each}`]);
    const run = await runVerb(t, ['diff', 'before', '--detailed-exitcode', ...formats], { cwd });
    assert.equal(run.code, 3, run.stderr);
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    const report = JSON.parse(read('json'));
    const isValid: boolean = isReport(report);
    assert.ok(isValid, JSON.stringify(isReport.errors));
    assert.deepEqual(
      report.changes.map(({ document, change, environments }: Record<string, unknown>) => [
        document,
        change,
        environments,
      ]),
      [
        ['Budget/web-month', 'removed', ['development', 'production']],
        ['Chain/premium', 'changed', ['development', 'production']],
      ],
    );
    assert.equal(JSON.parse(read('sarif')).runs[0].results[1].ruleId, 'diff/changed');
    assert.match(read('junit'), /<testsuites name="signalbox diff" tests="2" failures="0"/);
    assert.match(
      read('github'),
      /::notice file=policies\/chains\.yaml,line=9,col=1,title=diff\/changed::Chain\/premium: target gpt calls/,
    );
    assert.match(
      read('markdown'),
      /^### signalbox diff: 2 documents changed[\s\S]*\| - \| `Budget\/web-month` \| removed \| web \| `was before\/budgets\.yaml:1` \|/,
    );
  });

  it('tells what of it a running gateway does already, and what it does otherwise', async (t: Context) => {
    const folder = openRepository(t);
    if (folder === undefined) return;
    const chains = join(folder, 'policies/chains.yaml');
    const served = makeTempDirectory(t, {
      ...shop,
      'policies/chains.yaml': dearer(shop['policies/chains.yaml'] ?? ''),
      'policies/budgets.yaml': (shop['policies/budgets.yaml'] ?? '').replace('"100 USD"', '"1 USD"'),
    });
    const env = { SIGNALBOX_ADMIN_TOKEN: 'the-admin-token' };
    const { url } = await startGateway(t, ['--env', 'production'], { cwd: served, env });
    writeFileSync(chains, dearer(shop['policies/chains.yaml'] ?? '').replace('total: 20s', 'total: 30s'));
    const routes = join(folder, 'policies/routes.yaml');
    writeFileSync(routes, (shop['policies/routes.yaml'] ?? '').replace('maxInputTokens: 1000', 'maxInputTokens: 2000'));
    const run = await runVerb(t, ['diff', 'main', '--running', url, '--format', 'json'], { cwd: folder, env });
    assert.equal(run.code, 0, run.stderr);
    const report = JSON.parse(run.stdout);
    const isValid: boolean = isReport(report);
    assert.ok(isValid, JSON.stringify(isReport.errors));
    assert.deepEqual(report.environments.compared, ['production']);
    const told = (changes: readonly Record<string, unknown>[]) =>
      changes.map(({ document, inService }) => `${document} ${inService}`);
    assert.deepEqual(told(report.changes), ['Chain/premium false', 'Route/default false']);
    assert.deepEqual(told(report.drift), ['Budget/web-month true', 'Chain/premium true']);
    const two = await runVerb(t, ['diff', url, '--detailed-exitcode'], { cwd: folder, env });
    assert.equal(two.code, 3, two.stderr);
    assert.match(
      two.stdout,
      /^http:\/\/127\.0\.0\.1:\d+ \([0-9a-f]{12}\) → working tree\n[\s\S]*limit\.cost: 100 USD; was 1 USD/,
    );
    const refused = await runVerb(t, ['diff', url], { cwd: folder, env: { SIGNALBOX_ADMIN_TOKEN: 'wrong' } });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /refuses the admin token/);
    const other = await runVerb(t, ['diff', url, '--env', 'development'], { cwd: folder, env });
    assert.equal(other.code, 2);
    assert.match(other.stderr, /production and development cannot be compared/);
  });
});
