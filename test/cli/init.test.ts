import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { loadCatalog } from '#catalog';
import { runLint } from '#lint';
import { compileEnvironment, formatPolicies, listEnvironments, parsePolicies } from '#policy';
import { starterFiles } from '../../src/cli/init/starter-files.ts';
import { runVerb } from '../support/run-verb.ts';
import { startGateway } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const files = starterFiles('shop');
const policies = files.filter(({ path }) => path.startsWith('policies/'));

describe('the starter policies', () => {
  it('are in canonical layout', () => {
    for (const { path, text } of policies) {
      const formatted = formatPolicies(text, path);
      assert.ok(formatted.kind === 'formatted' && !formatted.changed, path);
    }
  });

  it('have no finding but of what this version does not do yet', () => {
    const sources = policies.map(({ path, text }) => ({ file: path, bytes: new TextEncoder().encode(text) }));
    const parsed = parsePolicies(sources);
    const catalog = loadCatalog();
    const compiled = listEnvironments(parsed).map((environment) => compileEnvironment(parsed, environment, catalog));
    assert.deepEqual(
      compiled.map(({ environment }) => environment),
      ['development', 'production'],
    );
    const { findings } = runLint({ parsed, compiled, nowMs: Date.parse('2026-11-25T00:00:00Z') });
    assert.deepEqual(
      findings.filter(({ rule }) => rule !== 'runtime/not-enforced'),
      [],
    );
  });

  it('bring a workflow that checks what it should', () => {
    const workflow = parse(files.find(({ path }) => path.endsWith('policy.yml'))?.text ?? '');
    const commands = workflow.jobs.policy.steps.flatMap((step: { run?: string }) => step.run ?? []);
    assert.deepEqual(commands, ['npm ci', 'npx signalbox check --format github --out policy-check']);
    assert.deepEqual(workflow.permissions, { contents: 'read' });
  });

  it('bring the comment that this project uses itself', () => {
    const comment = files.find(({ path }) => path === '.github/workflows/policy-comment.yml');
    const own = readFileSync(join(import.meta.dirname, '../../.github/workflows/policy-comment.yml'), 'utf8');
    assert.equal(comment?.text, own);
  });
});

describe('signalbox init', () => {
  it('writes policies that lint, test and serve at once, and refuses to write over others', async (t) => {
    const cwd = makeTempDirectory(t);
    const run = await runVerb(t, ['init'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    for (const { path } of files) assert.ok(existsSync(join(cwd, path)), path);
    for (const args of [['lint', '--fail-level', 'warn'], ['test'], ['fmt', '--check']]) {
      const check = await runVerb(t, args, { cwd });
      assert.equal(check.code, 0, `${args}: ${check.stdout}${check.stderr}`);
    }
    const gateway = await startGateway(t, [], { cwd });
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    assert.deepEqual([answer.status, answer.headers.get('x-signalbox-target')], [200, 'premium/sandbox']);
    assert.equal((await gateway.stop()).code, 0);

    const again = await runVerb(t, ['init'], { cwd });
    assert.deepEqual([again.code, again.stdout], [2, '']);
    assert.match(again.stderr, /policies is not empty\n {2}.*--force/);
    assert.equal((await runVerb(t, ['init', '--force'], { cwd })).code, 0);
  });

  it('writes into a folder that is named, whose name the project takes, and leaves a workflow alone', async (t) => {
    const cwd = makeTempDirectory(t, { 'My Shop 2/.github/workflows/policy.yml': 'mine\n' });
    const run = await runVerb(t, ['init', 'My Shop 2'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /policy\.yml is there already/);
    assert.equal(readFileSync(join(cwd, 'My Shop 2/.github/workflows/policy.yml'), 'utf8'), 'mine\n');
    assert.equal(
      parse(readFileSync(join(cwd, 'My Shop 2/policies/signalbox.yaml'), 'utf8')).metadata.name,
      'my-shop-2',
    );
    assert.equal((await runVerb(t, ['lint', '--policies', 'My Shop 2/policies'], { cwd })).code, 0);
  });

  it('imports a configuration: policies that lint, are formatted and pass their tests, and a page of differences', async (t) => {
    const cwd = makeTempDirectory(t, { 'portkey.json': PORTKEY });
    const run = await runVerb(t, ['init', 'new', '--from', 'portkey.json', '--format', 'json'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    const report = JSON.parse(run.stdout);
    assert.deepEqual([report.source, report.verdict, report.exitCode], ['portkey', 'partial', 0]);
    for (const path of report.files) assert.ok(existsSync(join(cwd, 'new', path)), path);
    assert.ok(existsSync(join(cwd, 'new/.github/workflows/policy.yml')));
    const secret = report.differences.find((each: { topic: string }) => each.topic === 'secret');
    assert.deepEqual([secret.file, secret.line, secret.path], ['portkey.json', 4, 'targets[0].api_key']);
    const page = readFileSync(join(cwd, 'new/policies/IMPORT.md'), 'utf8');
    assert.match(page, /^# Import\n[\s\S]*## To be done by hand[\s\S]*portkey\.json:4 targets\[0\]\.api_key/);
    assert.doesNotMatch(page + run.stdout, /hand-made/);
    const policies = ['--policies', 'new/policies'];
    for (const args of [
      ['lint', ...policies],
      ['fmt', '--check', ...policies],
      ['test', ...policies],
    ]) {
      const check = await runVerb(t, args, { cwd });
      assert.equal(check.code, 0, `${args}: ${check.stdout}${check.stderr}`);
    }
  });

  it('says what differs to people and in files, and refuses to write over policies', async (t) => {
    const cwd = makeTempDirectory(t, { 'portkey.json': PORTKEY });
    const formats = ['--format', 'pretty', '--format', 'sarif=out.sarif', '--format', 'markdown=out.md'];
    const run = await runVerb(t, ['init', '--from', 'portkey.json', ...formats], { cwd });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /portkey\.json:4:1 warning import\/secret\n/);
    assert.match(run.stdout, /Portkey: imported in part/);
    assert.equal(JSON.parse(readFileSync(join(cwd, 'out.sarif'), 'utf8')).version, '2.1.0');
    assert.match(readFileSync(join(cwd, 'out.md'), 'utf8'), /import\/secret/);
    const again = await runVerb(t, ['init', '--from', 'portkey.json'], { cwd });
    assert.deepEqual([again.code, again.stdout], [2, '']);
    assert.match(again.stderr, /policies is not empty/);
  });

  const refusals: readonly (readonly [text: string, args: readonly string[], code: number, says: RegExp])[] = [
    ['{"a": 1}', [], 2, /no configuration that is recognised[\s\S]*Kinds are portkey, litellm/],
    ['targets: [{ provider: openai }\n', [], 2, /config:\d+: it is no valid YAML or JSON/],
    ['{{- range .Values.models }}\n', [], 2, /config:1: it is a Helm template[\s\S]*helm template/],
    ['model_list: []', ['--from-kind', 'litelm'], 2, /no kind of configuration "litelm"\n {2}Did you mean litellm\?/],
    ['retry: { attempts: 2 }\n', [], 2, /Did you mean Portkey \(--from-kind portkey\)\?/],
    ['general_settings: { database_url: postgres }\nmodel_list: []\n', [], 1, /database_url/],
  ];
  for (const [text, args, code, says] of refusals) {
    it(`writes nothing for ${JSON.stringify(text)} ${args.join(' ')}`, async (t) => {
      const cwd = makeTempDirectory(t, { config: text });
      const run = await runVerb(t, ['init', '--from', 'config', ...args], { cwd });
      assert.equal(run.code, code, run.stdout + run.stderr);
      assert.match(run.stdout + run.stderr, says);
      assert.ok(!existsSync(join(cwd, 'policies')));
    });
  }

  it('takes a file for the kind that is named', async (t) => {
    const cwd = makeTempDirectory(t, { config: 'provider: openai\nretry: { attempts: 2 }\n' });
    const run = await runVerb(t, ['init', '--from', 'config', '--from-kind', 'portkey', '--format', 'json'], {
      cwd,
    });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(JSON.parse(run.stdout).source, 'portkey');
  });
});

const PORTKEY = `{
  "strategy": { "mode": "fallback" },
  "targets": [
    { "provider": "openai", "api_key": "sk-hand-made-example", "override_params": { "model": "gpt-4o" } },
    { "virtual_key": "anthropic-main", "override_params": { "model": "claude-sonnet-4-5" } }
  ],
  "forward_headers": ["x-tenant"]
}
`;
