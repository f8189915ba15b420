import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runVerb } from '../support/run-verb.ts';
import { startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { failing, shop } from './policies-for-verbs.ts';

const root = join(import.meta.dirname, '../..');
const expected = (name: string): string => readFileSync(join(import.meta.dirname, 'expected', name), 'utf8');
const withCase = (lines: string) => ({
  ...shop,
  'policies/tests/web.test.yaml': `${shop['policies/tests/web.test.yaml']}${lines}`,
});
const vacuous = withCase('    - { name: says nothing, request: { consumer: web } }\n');
const broken = { ...shop, 'policies/chains.yaml': 'kind: [' };
const untested = Object.fromEntries(Object.entries(shop).filter(([path]) => !path.includes('tests/')));
const nothing = /^$/;

const table: readonly (readonly [
  args: string,
  files: Readonly<Record<string, string>>,
  code: number,
  stdout: RegExp,
  stderr: RegExp,
])[] = [
  ['test', shop, 0, /✔ 2 passed\n$/, nothing],
  ['test', failing, 1, /✖ 2 passed, 1 failed\n$/, nothing],
  ['test', vacuous, 2, /says nothing\n[\s\S]*expects nothing[\s\S]*1 could not be checked\n$/, nothing],
  ['test', broken, 1, /yaml\/syntax/, nothing],
  ['test', untested, 2, nothing, /the policies hold no test case/],
  ['test', {}, 2, nothing, /policies.*does not exist/],
  ['test policies/tests', shop, 0, /2 passed/, nothing],
  ['test tests/web.test.yaml', shop, 0, /2 passed/, nothing],
  ['test policies/tests/web.test.yaml', shop, 0, /2 passed/, nothing],
  ['test nope.yaml', shop, 2, nothing, /nope\.yaml does not exist/],
  ['test policies/chains.yaml', shop, 2, nothing, /chains\.yaml holds no test document/],
  ['test --min-coverage 5%', shop, 0, /Coverage \d+%/, nothing],
  ['test --min-coverage 99.5', shop, 1, /coverage below 99\.5%/, nothing],
  ['test --min-coverage 101%', shop, 2, nothing, /--min-coverage is a share from 0% to 100%/],
  ['test --min-coverage lots', shop, 2, nothing, /--min-coverage is a share/],
  ['test --quiet', shop, 0, nothing, nothing],
  ['test --quiet', failing, 1, /1 failed/, nothing],
];

describe('signalbox test', () => {
  for (const [args, files, code, stdout, stderr] of table) {
    it(`${args} ends with ${code} and says ${(code === 2 && stdout === nothing ? stderr : stdout).source}`, async (t) => {
      const run = await runVerb(t, args.split(' '), { cwd: makeTempDirectory(t, files) });
      assert.equal(run.code, code, run.stdout + run.stderr);
      assert.match(run.stdout, stdout);
      assert.match(run.stderr, stderr);
    });
  }

  it('shows people what failed, and the line of policy that decided', async (t) => {
    const run = await runVerb(t, ['test'], { cwd: makeTempDirectory(t, failing) });
    assert.equal(run.stdout, expected('test-failing.txt'));
  });

  it('shows people what no case reaches', async (t) => {
    const run = await runVerb(t, ['test', '--coverage'], { cwd: makeTempDirectory(t, shop) });
    assert.equal(run.stdout, expected('test-coverage.txt'));
  });

  it('reaches nine tenths of what the example company says, in all of its environments', async (t) => {
    const run = await runVerb(t, ['test', '--min-coverage', '90%', '--quiet'], { cwd: root });
    assert.equal(run.code, 0, run.stdout);
  });

  it('gives JSON by its schema, in every outcome', async (t) => {
    const ajv = new Ajv2020({ strict: false });
    const validate = ajv.compile(JSON.parse(readFileSync(join(root, 'schemas/test-report.schema.json'), 'utf8')));
    for (const [files, code] of [
      [shop, 0],
      [failing, 1],
      [vacuous, 2],
      [broken, 1],
    ] as const) {
      const run = await runVerb(t, ['test', '--coverage', '--format', 'json'], { cwd: makeTempDirectory(t, files) });
      assert.equal(run.code, code, run.stderr);
      const report = JSON.parse(run.stdout);
      const isValid: boolean = validate(report);
      assert.ok(isValid, JSON.stringify(validate.errors));
      assert.equal(report.exitCode, code);
    }
    const run = await runVerb(t, ['test', '--format', 'json'], { cwd: makeTempDirectory(t, failing) });
    const { passed, failed, cases, coverage } = JSON.parse(run.stdout);
    assert.deepEqual([passed, failed, coverage], [2, 1, null]);
    const [, , last] = cases;
    assert.deepEqual(
      [last.file, last.line, last.environment, last.passed],
      ['tests/web.test.yaml', 14, 'production', false],
    );
    assert.deepEqual(
      last.mismatches.map(({ field, expected, actual, file, line }: Record<string, unknown>) => [
        field,
        expected,
        actual,
        file,
        line,
      ]),
      [
        ['status', 200, 403, 'consumers.yaml', 7],
        ['attempts', ['gpt'], [], 'consumers.yaml', 7],
        ['code', null, 'model_not_allowed', 'consumers.yaml', 7],
      ],
    );
  });

  it('speaks to CI servers in their own formats', async (t) => {
    const cwd = makeTempDirectory(t, failing);
    const formats = ['junit', 'github', 'markdown', 'sarif'].flatMap((format) => [
      '--format',
      `${format}=${format}.txt`,
    ]);
    const run = await runVerb(t, ['test', ...formats], { cwd });
    assert.equal(run.code, 1);
    const text = (format: string) => readFileSync(join(cwd, `${format}.txt`), 'utf8');
    assert.match(text('junit'), /<testsuites name="signalbox test" tests="3" failures="1" errors="0"/);
    assert.match(text('junit'), /<failure type="failed" message="status: expected 200, got 403/);
    assert.match(text('github'), /^::error file=policies\/tests\/web\.test\.yaml,line=14,.*title=test\/failed::/);
    assert.match(text('markdown'), /^### signalbox test: 2 passed, 1 failed\n/);
    assert.equal(JSON.parse(text('sarif')).runs[0].results[0].ruleId, 'test/failed');
  });

  it('takes the environment of the document before that of the command line', async (t) => {
    const free = {
      ...shop,
      'policies/tests/web.test.yaml': (shop['policies/tests/web.test.yaml'] ?? '').replace(
        '  environment: production\n',
        '',
      ),
    };
    const cwd = makeTempDirectory(t, free);
    assert.match((await runVerb(t, ['test'], { cwd })).stdout, /web\.test\.yaml in development/);
    assert.match((await runVerb(t, ['test', '--env', 'production'], { cwd })).stdout, /web\.test\.yaml in production/);
    const unknown = await runVerb(t, ['test', '--env', 'prod'], { cwd });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no environment "prod"/);
  });

  it('runs a test file that lies outside of the policies', async (t) => {
    const cwd = makeTempDirectory(t, { ...untested, 'checks/mine.yaml': shop['policies/tests/web.test.yaml'] ?? '' });
    const run = await runVerb(t, ['test', 'checks/mine.yaml'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^checks\/mine\.yaml in production\n/);
  });

  it('runs again after a change, until it is told to stop', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const running = startProcess(t, ['test', '--watch'], { cwd });
    await running.waitForLine(/2 passed/);
    writeFileSync(join(cwd, 'policies/tests/web.test.yaml'), failing['policies/tests/web.test.yaml'] ?? '');
    await running.waitForLine(/1 failed/);
    assert.equal((await running.stop('SIGINT')).code, 1);
  });
});
