import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { loadCatalog } from '#catalog';
import { runLint } from '#lint';
import { compileEnvironment, formatPolicies, listEnvironments, parsePolicies } from '#policy';
import { recogniseConfig } from '../../src/cli/init/foreign-config.ts';
import { starterFiles } from '../../src/cli/init/starter-files.ts';
import { runProcess, startGateway } from '../support/start-process.ts';
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
    const run = await runProcess(t, ['init'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    for (const { path } of files) assert.ok(existsSync(join(cwd, path)), path);
    for (const args of [['lint', '--fail-level', 'warn'], ['test'], ['fmt', '--check']]) {
      const check = await runProcess(t, args, { cwd });
      assert.equal(check.code, 0, `${args}: ${check.stdout}${check.stderr}`);
    }
    const gateway = await startGateway(t, [], { cwd });
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    assert.deepEqual([answer.status, answer.headers.get('x-signalbox-target')], [200, 'premium/sandbox']);
    assert.equal((await gateway.stop()).code, 0);

    const again = await runProcess(t, ['init'], { cwd });
    assert.deepEqual([again.code, again.stdout], [2, '']);
    assert.match(again.stderr, /policies is not empty\n {2}.*--force/);
    assert.equal((await runProcess(t, ['init', '--force'], { cwd })).code, 0);
  });

  it('writes into a folder that is named, whose name the project takes, and leaves a workflow alone', async (t) => {
    const cwd = makeTempDirectory(t, { 'My Shop 2/.github/workflows/policy.yml': 'mine\n' });
    const run = await runProcess(t, ['init', 'My Shop 2'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /policy\.yml is there already/);
    assert.equal(readFileSync(join(cwd, 'My Shop 2/.github/workflows/policy.yml'), 'utf8'), 'mine\n');
    assert.equal(
      parse(readFileSync(join(cwd, 'My Shop 2/policies/signalbox.yaml'), 'utf8')).metadata.name,
      'my-shop-2',
    );
    assert.equal((await runProcess(t, ['lint', '--policies', 'My Shop 2/policies'], { cwd })).code, 0);
  });

  const foreign: readonly (readonly [text: string, whose: string | null])[] = [
    ['{"strategy": {"mode": "fallback"}, "targets": []}', 'Portkey'],
    ['model_list:\n  - model_name: gpt-4o\n', 'LiteLLM'],
    ['[{"provider": "openai", "endpoint": "chat/completions"}]', 'Cloudflare AI Gateway'],
    ['{"cache_ttl": 60}', 'Cloudflare AI Gateway'],
    ['{"a": 1}', null],
    ['nothing', null],
  ];
  for (const [text, whose] of foreign) {
    it(`takes ${JSON.stringify(text)} for ${whose ?? 'nothing it knows'}`, () =>
      assert.equal(recogniseConfig(text), whose));
  }

  it('says plainly that it imports nothing yet, and writes nothing', async (t) => {
    const cwd = makeTempDirectory(t, { 'portkey.json': foreign[0]?.[0] ?? '' });
    const run = await runProcess(t, ['init', '--from', 'portkey.json'], { cwd });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /a configuration of Portkey; this version imports none/);
    assert.ok(!existsSync(join(cwd, 'policies')));
  });
});
