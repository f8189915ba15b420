import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { answerBy, BASE, recordOf } from '../replay/replay-fixture.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram, type SkipContext } from '../support/skip.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
let isReport: ReturnType<typeof ajv.compile>;

before(() => {
  isReport = ajv.compile(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/dry-run-report.schema.json'), 'utf8')),
  );
});

type Context = SkipContext & Cleanup;

/** 64 blank lines that make a recording long enough for threads: a quarter of a megabyte. */
const FILLING = `${' '.repeat(4095)}\n`.repeat(64);

function threads(): number {
  return process.getActiveResourcesInfo().filter((name) => /MessagePort|Worker/.test(name)).length;
}

const week = Array.from({ length: 60 }, (_, index) =>
  JSON.stringify(
    recordOf(`req_${String(index).padStart(4, '0')}`, {
      environment: 'development',
      request: { inputTokens: 900 + index, consumer: index % 5 === 0 ? 'tests' : 'app' },
      attempts: [answerBy(index % 5 === 0 ? 'openai/gpt-4o-mini' : 'openai/gpt-4o', 900 + index, 50)],
    }),
  ),
).join('\n');

const documents = BASE.split(/^---$/m)
  .map((text) => `${text.trim()}\napiVersion: signalbox/v1\n`)
  .join('---\n');

/** A git repository with a default branch, a branch of a change, and a recording beside the policies. Undefined after a skip. */
function openRepository(t: Context, change: (text: string) => string = (text) => text): string | undefined {
  if (requireProgram(t, 'git') === undefined) return undefined;
  const folder = makeTempDirectory(t, { 'policies/all.yaml': documents, 'week.ndjson': `${week}\n` });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
  git('checkout', '-q', '-b', 'change');
  writeFileSync(join(folder, 'policies/all.yaml'), change(documents));
  return folder;
}

const dearer = (text: string): string => text.replace('    - { id: gpt, model: openai/gpt-4o }\n', '');
const denied = (text: string): string =>
  text.replace(
    'spec: { match: {}, chain: main }',
    'spec: { match: {}, deny: { status: 403, message: "<b>closed</b> | `x`" } }',
  );

describe('signalbox dry-run', () => {
  it('compares the working tree with the merge base, and exits by what it finds', async (t: Context) => {
    const cases: readonly (readonly [string, (text: string) => string, readonly string[], number])[] = [
      ['nothing changed', (text) => text, [], 0],
      ['nothing changed, detailed', (text) => text, ['--detailed-exitcode'], 0],
      ['a change without a breach', dearer, [], 0],
      ['a change without a breach, detailed', dearer, ['--detailed-exitcode'], 3],
      ['a breach', denied, [], 1],
      ['a breach, detailed', denied, ['--detailed-exitcode'], 1],
      ['a head that does not compile', (text) => text.replace('chain: main', 'chain: nowhere'), [], 1],
      ['no recording', (text) => text, ['--traffic', 'missing.ndjson'], 2],
      ['another base', denied, ['--base', 'change'], 1],
      ['an unknown base', (text) => text, ['--base', 'no-such-branch'], 2],
      ['a base that is an option', (text) => text, ['--base=--output=x'], 2],
      ['another environment only', (text) => text, ['--env', 'production'], 2],
      ['a bad shard', (text) => text, ['--shard', '3/2'], 2],
      ['a bad mode', (text) => text, ['--mode', 'guess'], 2],
      ['a stray word', (text) => text, ['week.ndjson'], 2],
    ];
    for (const [name, change, args, code] of cases) {
      const folder = openRepository(t, change);
      if (folder === undefined) return;
      const words = args.includes('--traffic') ? args : ['--traffic', 'week.ndjson', ...args];
      const ended = await runVerb(t, ['dry-run', ...(args[0] === 'week.ndjson' ? args : words)], { cwd: folder });
      assert.equal(ended.code, code, `${name}: ${ended.stdout}${ended.stderr}`);
      if (code === 2) assert.match(ended.stderr, /^signalbox: .+\n/, name);
    }
  });

  it('gives the same bytes again, over threads, in shards that are merged in any order, and shuffled', async (t: Context) => {
    const folder = openRepository(t, dearer);
    if (folder === undefined) return;
    const run = async (...args: readonly string[]) => {
      const ended = await runVerb(t, ['dry-run', ...args], { cwd: folder });
      assert.equal(ended.code, 0, ended.stderr);
      return ended.stdout;
    };
    const once = await run('--traffic', 'week.ndjson', '--format', 'json');
    assert.ok(isReport(JSON.parse(once)), ajv.errorsText(isReport.errors));
    assert.equal(await run('--traffic', 'week.ndjson', '--format', 'json', '--workers', '1'), once);
    writeFileSync(join(folder, 'other.ndjson.gz'), gzipSync(week.split('\n').reverse().join('\n')));
    assert.equal(await run('--traffic', 'other.ndjson.gz', '--format', 'json'), once);
    for (const part of ['1', '2', '3'])
      await run('--traffic', 'week.ndjson', '--shard', `${part}/3`, '--format', `json=part-${part}.json`);
    assert.equal(await run('merge', 'part-2.json', 'part-3.json', 'part-1.json', '--format', 'json'), once);
    for (const [parts, reason] of [
      [['part-1.json', 'part-2.json'], /part 3\/3 is missing/],
      [['part-1.json', 'part-1.json', 'part-2.json'], /part 3\/3 is missing/],
      [['week.ndjson'], /cannot be read/],
      [[], /name the parts/],
    ] as const) {
      const ended = await runVerb(t, ['dry-run', 'merge', ...parts], { cwd: folder });
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, reason);
    }
  });

  it('takes whole files of more than one block over threads to the same report', async (t: Context) => {
    const folder = openRepository(t, dearer);
    if (folder === undefined) return;
    const many = Array.from({ length: 100 }, (_, index) => week.replaceAll('"req_', `"req_${index}_`));
    writeFileSync(join(folder, 'many.ndjson'), `${many.join(`\n${FILLING}`)}\n{"v":1,`);
    const reports: string[] = [];
    for (const workers of ['1', '3']) {
      const ended = await runVerb(
        t,
        ['dry-run', '--traffic', 'many.ndjson', '--format', 'json', '--workers', workers],
        { cwd: folder },
      );
      assert.equal(ended.code, 1, 'a cost gate is breached by 6000 requests of an hour');
      reports.push(ended.stdout);
    }
    assert.equal(reports[0], reports[1]);
    const { records, problems } = JSON.parse(reports[0] ?? '');
    assert.deepEqual([records.replayed, records.cut, problems[0].line], [6000, 1, 6000 + 99 * 64 + 1]);
  });

  it('ends its threads when a recording cannot be read', async (t: Context) => {
    const folder = openRepository(t, dearer);
    if (folder === undefined) return;
    writeFileSync(join(folder, 'long.ndjson'), FILLING.repeat(100));
    const packed = gzipSync(randomBytes(4_000_000));
    packed.fill(0, 2_000_000);
    writeFileSync(join(folder, 'broken.ndjson.gz'), packed);
    const before = threads();
    const args = ['dry-run', '--traffic', 'long.ndjson', 'broken.ndjson.gz', '--workers', '2'];
    const ended = await runVerb(t, args, { cwd: folder });
    assert.deepEqual([ended.code, threads()], [2, before], ended.stderr);
    assert.match(ended.stderr, /broken\.ndjson\.gz cannot be read: it is not valid gzip/);
  });

  it('finds the revision that made a recording among the commits, and measures fidelity by it', async (t: Context) => {
    const folder = openRepository(t);
    if (folder === undefined) return;
    const digest = JSON.parse(
      (await runVerb(t, ['dry-run', '--traffic', 'week.ndjson', '--format', 'json'], { cwd: folder })).stdout,
    ).base.digest;
    const decided = week.split('\n').map((line) => {
      const record = JSON.parse(line);
      const isTest = record.request.consumer === 'tests';
      return JSON.stringify({
        ...record,
        digest,
        decision: {
          route: isTest ? 'tests' : 'default',
          allowed: true,
          targets: isTest ? ['cheap/mini'] : ['main/gpt', 'main/claude'],
        },
      });
    });
    writeFileSync(join(folder, 'decided.ndjson'), decided.join('\n'));
    // Base and head both move on; the recorded revision is only in the history.
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    git('checkout', '-q', 'main');
    writeFileSync(join(folder, 'policies/all.yaml'), dearer(documents));
    git('add', 'policies');
    git('commit', '-q', '-m', 'next');
    const report = JSON.parse(
      (await runVerb(t, ['dry-run', '--traffic', 'decided.ndjson', '--format', 'json'], { cwd: folder })).stdout,
    );
    assert.deepEqual([report.fidelity, report.fidelityDetail.checked], [1, 60]);
  });

  it('writes every form; what comes from policies and recordings is disarmed in each', async (t: Context) => {
    const folder = openRepository(t, denied);
    if (folder === undefined) return;
    const forms = ['json', 'sarif', 'junit', 'github', 'markdown'].flatMap((form) => [
      '--format',
      `${form}=out.${form}`,
    ]);
    const evil = JSON.stringify(
      recordOf('<script>alert(1)</script>', { request: { consumer: 'app', model: 'gpt-4o' } }),
    );
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/evil.ndjson'), `${evil}\n`);
    const ended = await runVerb(t, ['dry-run', '--traffic', 'data/evil.ndjson', ...forms, '--html', 'out.html'], {
      cwd: folder,
    });
    assert.equal(ended.code, 1);
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    assert.ok(isReport(JSON.parse(read('out.json'))), ajv.errorsText(isReport.errors));
    assert.match(
      read('out.markdown'),
      /^<!-- signalbox-dry-run -->\n\n### 🛑 signalbox dry-run: Fails gate newDenials/,
    );
    assert.doesNotMatch(read('out.markdown').replace(/`[^`]*`/g, ''), /<b>|<script>/);
    const html = read('out.html');
    assert.doesNotMatch(html, /<script|<b>closed|https?:\/\//);
    assert.match(html, /<svg/);
    assert.match(html, /&lt;script&gt;alert/);
    assert.equal(JSON.parse(read('out.sarif')).runs[0].results[0].ruleId, 'dry-run/newDenials');
    assert.match(read('out.junit'), /newDenials/);
    assert.match(read('out.github'), /^::error file=policies\/all\.yaml/);
    for (const line of ended.stdout.split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  });

  it('reproduces every decision of the shipped recording, or says that its policies are not at hand', async (t: Context) => {
    const cwd = join(import.meta.dirname, '../..');
    const args = ['dry-run', '--traffic', 'traffic/example-week.ndjson.gz', '--lock', 'traffic/traffic.lock.json'];
    const sides = ['--policies', 'policies', '--base', 'policies', '--head', 'policies'];
    const run = async (format: string) => {
      const ended = await runVerb(t, [...args, ...sides, '--format', format], { cwd });
      assert.equal(ended.code, 0, ended.stderr);
      return ended.stdout;
    };
    const { records, fidelity, fidelityDetail } = JSON.parse(await run('json'));
    const { checked, reproduced, mismatches, withoutPolicies } = fidelityDetail;
    assert.deepEqual([records.replayed, records.changed, records.invalid, mismatches], [1500, 0, 0, []]);
    assert.equal(reproduced, checked);
    if (checked === 1500) {
      assert.equal(fidelity, 1);
      return;
    }
    // A change of the policies or of the catalogue since the recording, in a clone without its history.
    assert.deepEqual([checked, fidelity, withoutPolicies.length], [0, null, 1]);
    const [{ revision, catalog, requests }] = withoutPolicies;
    assert.equal(requests, 1500);
    console.log(`the shipped recording was made by revision ${revision}, which no policies at hand make`);
    const told = (await run('pretty')).replace(/\s+/g, ' ');
    const reason = catalog === 'other' ? 'it was compiled with another catalogue' : 'its policies are not at hand';
    assert.ok(told.includes(`revision ${revision} are not checked: ${reason}`), told);
  });

  it('says in one line when nothing changes', async (t: Context) => {
    const folder = openRepository(t);
    if (folder === undefined) return;
    const ended = await runVerb(t, ['dry-run', '--traffic', 'week.ndjson', '--format', 'markdown'], { cwd: folder });
    assert.match(
      ended.stdout,
      /### ✅ signalbox dry-run: The policies are the same: 60 records replayed, every decision and cost as before\./,
    );
    assert.doesNotMatch(ended.stdout, /<details>/);
  });

  it('refuses a recording that the lock file does not pin', async (t: Context) => {
    const folder = openRepository(t);
    if (folder === undefined) return;
    const run = (...args: readonly string[]) => runVerb(t, args, { cwd: folder });
    assert.equal((await run('dry-run', '--traffic', 'week.ndjson', '--lock', 'traffic.lock.json')).code, 2);
    assert.equal((await run('traffic', 'verify', 'week.ndjson', '--lock', 'traffic.lock.json', '--update')).code, 0);
    assert.equal((await run('dry-run', '--traffic', 'week.ndjson', '--lock', 'traffic.lock.json')).code, 0);
    assert.equal((await run('traffic', 'verify', 'week.ndjson', '--lock', 'traffic.lock.json')).code, 0);
    writeFileSync(join(folder, 'week.ndjson'), `${week}\n\n`);
    const changed = await run('dry-run', '--traffic', 'week.ndjson', '--lock', 'traffic.lock.json');
    assert.equal(changed.code, 2);
    assert.match(
      changed.stderr,
      /week\.ndjson has digest [0-9a-f]{12}…, not [0-9a-f]{12}… as pinned in traffic\.lock\.json/,
    );
    assert.equal((await run('traffic', 'verify', 'week.ndjson', '--lock', 'traffic.lock.json')).code, 1);
  });
});

describe('signalbox traffic', () => {
  it('exits by what it finds', async (t: Context) => {
    const folder = makeTempDirectory(t, {
      'week.ndjson': `${week}\n`,
      'leak.ndjson': `${JSON.stringify(recordOf('a', { request: { metadata: { user: 'jane.doe@example.com' } } }))}\n`,
      'rubbish.ndjson': 'hello\n',
      'trace.csv': 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\n',
      'empty.csv': 'TIMESTAMP,ContextTokens,GeneratedTokens\n',
    });
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['stats', 'week.ndjson'], 0, /60 records/],
      [['stats', 'week.ndjson', '--format', 'json'], 0, /"duplicateIds": 0/],
      [['stats', 'rubbish.ndjson'], 2, /no record/],
      [['stats'], 2, /no recording/],
      [['verify', 'week.ndjson'], 0, /verified/],
      [['verify', 'leak.ndjson'], 1, /leak\.ndjson:1: request\.metadata\.user: an e-mail address/],
      [['verify', 'missing.ndjson'], 2, /missing\.ndjson cannot be read/],
      [['verify', 'week.ndjson', '--update'], 2, /--lock/],
      [['sample', 'week.ndjson', '--share', '50%'], 0, /drawn from/],
      [['sample', 'week.ndjson', '--share', 'half'], 2, /--share/],
      [['import', '--from', 'azure-llm-csv', '--model', 'gpt-4o', '--consumer', 'app', 'trace.csv'], 0, /"v":1/],
      [['import', '--from', 'azure-llm-csv', 'trace.csv'], 0, /does not tell model and consumer/],
      [['import', '--from', 'azure-llm-csv', 'empty.csv'], 1, /0 records imported/],
      [['import', '--from', 'azure-llm', 'trace.csv'], 2, /Did you mean azure-llm-csv/],
      [['import', '--from', 'mooncake-jsonl', 'trace.csv'], 1, /trace\.csv:1: not JSON/],
      [['import', '--from', 'burstgpt-csv', 'trace.csv'], 2, /no header of this format/],
      [['import', 'trace.csv'], 2, /format of the source is not named/],
    ];
    for (const [args, code, output] of cases) {
      const ended = await runVerb(t, ['traffic', ...args], { cwd: folder });
      assert.equal(ended.code, code, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
      assert.match(ended.stdout + ended.stderr, output, args.join(' '));
      assert.doesNotMatch(ended.stdout + ended.stderr, /jane/);
    }
  });
});
