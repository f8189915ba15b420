import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const head = '# yaml-language-server: $schema=x\napiVersion: signalbox/v1\n';
const chain = `${head}kind: Chain
metadata: { name: premium, owner: platform, description: Good models. }
spec:
  defaults:
    timeouts: { firstToken: 5s, total: 20s }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
`;
const route = `${head}kind: Route
metadata: { name: default, owner: platform, description: All requests. }
spec:
  match: {}
  chain: premium
  limits: { maxOutputTokens: 1000 }
`;
const environment = (name: string) =>
  `${head}kind: Environment\nmetadata: { name: ${name}, owner: platform, description: One of two. }\n`;
const clean = {
  'policies/chain.yaml': chain,
  'policies/route.yml': route,
  'policies/development.yaml': environment('development'),
  'policies/production.yaml': environment('production'),
};
const warned = { ...clean, 'policies/route.yml': route.replace(/ {2}limits.*\n/, '') };
const failed = { ...clean, 'policies/chain.yaml': chain.replace(/ {2}defaults:\n.*\n/, '') };
const broken = { ...clean, 'policies/chain.yaml': chain.replace('targets:', 'targest:') };
const unparsable = { ...clean, 'policies/chain.yaml': 'kind: [Chain' };
const unformatted = { ...clean, 'policies/chain.yaml': chain.replace('metadata: {', 'metadata:   {') };

type Files = Readonly<Record<string, string>>;
type Row = readonly [args: string, files: Files, code: number, stdout: RegExp, stderr: RegExp];
const nothing = /^$/;

/** verb and options, the tree, the exit code, what stdout and stderr say. */
const table: readonly Row[] = [
  ['lint', clean, 0, /✔ no findings \(4 files; development, production\)/, nothing],
  ['lint', warned, 0, /warning limits\/max-output-missing/, nothing],
  ['lint --fail-level warn', warned, 1, /✖ 1 warning/, nothing],
  ['lint', failed, 1, /policies\/chain\.yaml:7:9 error timeout\/missing\n {2}target `gpt`/, nothing],
  ['lint --env production', failed, 1, /2 errors, 1 warning \(4 files; production\)/, nothing],
  ['lint', broken, 1, /schema\/unknown-key[\s\S]*Did you mean `targets`\?/, nothing],
  ['lint', unparsable, 1, /chain\.yaml:1:\d+ error yaml\/syntax/, nothing],
  ['lint', {}, 2, nothing, /signalbox: policies: .*does not exist\n {2}.*signalbox init/],
  ['lint', { 'policies/README.md': 'x' }, 2, nothing, /holds no policy file/],
  ['lint', { 'policies/empty.yaml': '# nothing\n' }, 2, nothing, /no policy document/],
  ['lint --policies elsewhere', clean, 2, nothing, /elsewhere: .*does not exist/],
  ['lint policies', clean, 0, /no findings/, nothing],
  ['lint policies/chain.yaml', clean, 2, nothing, /is a file[\s\S]*signalbox lint - </],
  ['lint --env prodution', clean, 2, nothing, /no environment "prodution"\n {2}Did you mean production\?/],
  ['lint --format yaml', clean, 2, nothing, /no format "yaml"/],
  ['lint --format json --format sarif', clean, 2, nothing, /only one report can go to stdout/],
  ['lint --fail-level fatal', clean, 2, nothing, /--fail-level is error, warn or info/],
  ['lint --polices x', clean, 2, nothing, /unknown option '--polices'[\s\S]*--policies/],
  ['lint --quiet', warned, 0, nothing, nothing],
  ['lint --quiet', failed, 1, /timeout\/missing/, nothing],
  ['lint --explain fallback/none', {}, 0, /^# fallback\/none\n/, nothing],
  ['lint --explain fallback/nope', {}, 2, nothing, /Did you mean fallback\/none\?/],
  [
    'lint --worst-case',
    clean,
    0,
    /route +chain +attempts +time +one answer +whole request\ndefault +premium +2 +40s /,
    nothing,
  ],
  ['lint --explain all', {}, 0, /^alert\/duplicate +warn /, nothing],
  ['lnit', {}, 2, nothing, /unknown command 'lnit'\n\(Did you mean .*(lint|init)/],
  ['', {}, 2, nothing, /Usage: signalbox/],
  ['--help', {}, 0, /Usage: signalbox[\s\S]*Exit codes: 0 clean/, nothing],
  ['lint --help', {}, 0, /--fail-level/, nothing],
  ['--version', {}, 0, /^\d+\.\d+\.\d+\n$/, nothing],
  ['fmt --check', clean, 0, /no findings/, nothing],
  ['fmt --check', unformatted, 1, /policies\/chain\.yaml:4:1 error fmt\/layout/, nothing],
  ['fmt', unparsable, 1, /chain\.yaml:1:\d+ error yaml\/syntax/, nothing],
  ['fmt', {}, 2, nothing, /policies cannot be read: it does not exist/],
  ['fmt missing.yaml', clean, 2, nothing, /missing\.yaml cannot be read/],
  ['list', clean, 0, /Route \(1\)\n {2}default +route\.yml:2/, nothing],
  ['list', clean, 0, /Built in: \d\d providers, [1-9]\d{3} models/, nothing],
  ['list', broken, 1, /Not valid \(1\)\n {2}Chain\/premium/, nothing],
  ['list', {}, 2, nothing, /does not exist/],
  ['render', clean, 0, /^# Route\/default from policies\/route\.yml:2[\s\S]*\n---\n[\s\S]*kind: Chain/, nothing],
  ['render Chain/premium', clean, 0, /^# Chain\/premium from policies\/chain\.yaml:2\napiVersion/, nothing],
  ['render Chain/premium --show-origin', clean, 0, /total: 20s # policies\/chain\.yaml:7\n/, nothing],
  ['render Provider/openai', clean, 0, /^# Provider\/openai from catalog\/providers\/openai\.yaml:\d+/, nothing],
  ['render Chain/premum', clean, 2, nothing, /Did you mean Chain\/premium\?/],
  ['render', broken, 1, /kind: Route/, /there is no Chain|targest/],
  ['schema', {}, 0, /"Chain": \{/, nothing],
  ['schema Chain', {}, 0, /"\$id": "chain\.schema\.json"/, nothing],
  ['schema mcp-server', {}, 0, /"\$id": "mcp-server\.schema\.json"/, nothing],
  ['schema Chian', {}, 2, nothing, /Did you mean Chain\?/],
];

describe('the command line', () => {
  for (const [args, files, code, stdout, stderr] of table) {
    const what = Object.entries({ clean, warned, failed, broken, unparsable, unformatted }).find(
      ([, tree]) => tree === files,
    )?.[0];
    it(`signalbox ${args} ends with ${code}${what ? ` on a ${what} tree` : ''}`, async (t) => {
      const cwd = makeTempDirectory(t, files);
      const run = await runVerb(t, args.split(' ').filter(Boolean), { cwd });
      assert.equal(run.code, code, run.stdout + run.stderr);
      assert.match(run.stdout, stdout);
      assert.match(run.stderr, stderr);
    });
  }

  it('tells a tool that reads the report why there is none', async (t) => {
    const run = await runVerb(t, ['lint', '--format', 'json'], { cwd: makeTempDirectory(t, {}) });
    assert.match(run.stderr, /^signalbox: policies/);
    assert.deepEqual([run.code, JSON.parse(run.stdout).exitCode], [2, 2]);
  });

  it('writes reports to files and leaves stdout to people', async (t) => {
    const cwd = makeTempDirectory(t, failed);
    const run = await runVerb(t, ['lint', '--format', 'json=out/lint.json', '--format', 'sarif=lint.sarif'], {
      cwd,
    });
    assert.equal(run.code, 1);
    assert.match(run.stdout, /✖ 2 errors, 1 warning/);
    const report = JSON.parse(readFileSync(join(cwd, 'out/lint.json'), 'utf8'));
    assert.deepEqual(
      [report.exitCode, report.findings[0].rule, report.findings[0].file],
      [1, 'timeout/missing', 'chain.yaml'],
    );
    assert.ok(existsSync(join(cwd, 'lint.sarif')));
    const refused = await runVerb(t, ['lint', '--format', 'json=policies/chain.yaml/x'], { cwd });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /the report cannot be written to/);
  });

  it('reads one file from stdin', async (t) => {
    const cwd = makeTempDirectory(t);
    const run = await runVerb(t, ['lint', '-', '--format', 'json'], {
      cwd,
      stdin: chain.replace('openai/gpt-4o', 'openai/gpt4o'),
    });
    const [first] = JSON.parse(run.stdout).findings.filter(
      ({ rule }: { readonly rule: string }) => rule === 'model/unknown',
    );
    assert.deepEqual([run.code, first.file, first.line], [1, 'stdin.yaml', 9]);
    assert.equal((await runVerb(t, ['lint', '-'], { cwd, stdin: '' })).code, 2);
  });

  it('takes folder and environment from the process settings, and flags before them', async (t) => {
    const cwd = makeTempDirectory(
      t,
      Object.fromEntries(Object.entries(failed).map(([path, text]) => [path.replace('policies', 'ours'), text])),
    );
    const env = { SIGNALBOX_POLICIES: 'ours', SIGNALBOX_ENV: 'production' };
    assert.match((await runVerb(t, ['lint'], { cwd, env })).stdout, /4 files; production\)/);
    assert.match((await runVerb(t, ['lint', '--env', 'development'], { cwd, env })).stdout, /4 files; development\)/);
    assert.equal((await runVerb(t, ['lint', '--policies', 'policies'], { cwd, env })).code, 2);
  });

  it('formats files in place, once, without touching what is in order', async (t) => {
    const cwd = makeTempDirectory(t, unformatted);
    const before = statSync(join(cwd, 'policies/route.yml')).mtimeMs;
    const run = await runVerb(t, ['fmt'], { cwd });
    assert.deepEqual([run.code, run.stdout.split('\n')[0]], [0, 'formatted policies/chain.yaml']);
    assert.equal(readFileSync(join(cwd, 'policies/chain.yaml'), 'utf8'), chain);
    assert.equal(statSync(join(cwd, 'policies/route.yml')).mtimeMs, before);
    assert.deepEqual(readdirSync(join(cwd, 'policies')).sort(), [
      'chain.yaml',
      'development.yaml',
      'production.yaml',
      'route.yml',
    ]);
    assert.equal((await runVerb(t, ['fmt', '--check', 'policies/chain.yaml'], { cwd })).code, 0);
  });

  it('formats stdin to stdout, and gives back what it cannot format', async (t) => {
    const cwd = makeTempDirectory(t);
    const formatted = await runVerb(t, ['fmt', '-'], { cwd, stdin: unformatted['policies/chain.yaml'] });
    assert.deepEqual([formatted.code, formatted.stdout], [0, chain]);
    const refused = await runVerb(t, ['fmt', '-'], { cwd, stdin: 'kind: [Chain' });
    assert.deepEqual([refused.code, refused.stdout], [1, 'kind: [Chain']);
    assert.match(refused.stderr, /stdin:1:\d+ yaml\/syntax/);
  });

  it('leaves bytes that are no UTF-8 alone', async (t) => {
    const cwd = makeTempDirectory(t, clean);
    const bytes = Buffer.from([0x6b, 0x69, 0x6e, 0x64, 0x3a, 0x20, 0xff, 0x0a]);
    writeFileSync(join(cwd, 'policies/bad.yaml'), bytes);
    const run = await runVerb(t, ['fmt'], { cwd });
    assert.equal(run.code, 1);
    assert.match(run.stdout, /policies\/bad\.yaml:1:7 error yaml\/encoding/);
    assert.deepEqual(readFileSync(join(cwd, 'policies/bad.yaml')), bytes);
  });

  it('renders what can be read again, the same in every environment that changes nothing', async (t) => {
    const cwd = makeTempDirectory(t, clean);
    const rendered = await runVerb(t, ['render', '--env', 'production', '--show-origin'], { cwd });
    const copy = makeTempDirectory(t, { 'policies/all.yaml': rendered.stdout });
    const again = await runVerb(t, ['lint', '--format', 'json'], { cwd: copy });
    assert.equal(again.code, 0, again.stdout);
    assert.doesNotMatch(rendered.stdout, /kind: Model/);
  });
});
