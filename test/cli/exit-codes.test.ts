import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { VERBS } from '../../src/cli/verbs.ts';
import { answerBy, recordOf } from '../replay/replay-fixture.ts';
import { runVerb } from '../support/run-verb.ts';
import { sarifProblems } from '../support/sarif-problems.ts';
import { runProcess, startGateway } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { failing, shop } from './policies-for-verbs.ts';

type Files = Readonly<Record<string, string>>;
type Row = readonly [args: string, files: Files, code: number];

const edit = (path: string, from: string, to: string): Files => {
  const text = shop[path] ?? '';
  assert.ok(text.includes(from));
  return { ...shop, [path]: text.replace(from, () => to) };
};
const record = (consumer: string) =>
  JSON.stringify(
    recordOf(`req_${consumer}`, {
      environment: 'production',
      request: { inputTokens: 100, consumer },
      attempts: [answerBy('openai/gpt-4o', 100, 50)],
    }),
  );
const before = Object.fromEntries(
  Object.entries(shop).map(([path, text]) => [path.replace('policies', 'before'), text]),
);
const ended = JSON.stringify(recordOf('req_1', { outcome: { status: 200, durationMs: 100 } }));
const alerts = `apiVersion: signalbox/v1
kind: Receiver
metadata: { name: ops, owner: platform }
spec: { email: { to: [ops@example.com] } }
---
apiVersion: signalbox/v1
kind: Alert
metadata: { name: errors, owner: platform }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }
`;
const PAIR = '{"a": "Where is my parcel?", "b": "Where is my parcel?", "same": true}';
const traffic = {
  'week.ndjson': `${record('web')}\n`,
  'ended.ndjson': `${ended}\n`,
  'leaking.ndjson': `${record('mail me at jane.doe@example.com')}\n`,
  'trace.csv': 'TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930,2162,5\n',
  'empty.csv': 'TIMESTAMP,ContextTokens,GeneratedTokens\n',
  'pair.ndjson': `${PAIR}\n`,
  'pairs.ndjson': `${PAIR}\n`.repeat(30),
  'portkey.json': '{ "provider": "openai", "override_params": { "model": "gpt-4o" } }',
  'litellm.yaml': 'general_settings: { database_url: postgres }\nmodel_list: []\n',
  'shapeless.json': '{"a": 1}',
};
const clean: Files = { ...shop, 'policies/alerts.yaml': alerts, ...before, ...traffic };
const broken: Files = { ...clean, 'policies/chains.yaml': 'kind: [Chain' };
const warned: Files = {
  ...clean,
  ...edit('policies/chains.yaml', 'timeouts: { firstToken: 5s, total: 20s }', 'timeouts: { firstToken: 5s }'),
};
const changed: Files = { ...clean, ...edit('policies/chains.yaml', 'total: 20s', 'total: 30s') };
const denied: Files = {
  ...clean,
  ...edit('policies/routes.yaml', 'match: {}\n  chain: premium', 'match: {}\n  deny: { status: 403, message: closed }'),
  'before/project.yaml':
    'apiVersion: signalbox/v1\nkind: Project\nmetadata: { name: shop }\nspec: { gates: { newDenials: 0 } }\n',
};
const none: Files = {};
const ask = '{"consumer":"web","model":"gpt-4o"}';
const replay = 'dry-run --traffic week.ndjson --base before';

/** Every verb that takes --format, in each outcome it can have: 0 clean, 1 checked and failed, 2 could not check, 3 differences. */
const reported: readonly Row[] = [
  ['lint', clean, 0],
  ['lint', warned, 1],
  ['lint', none, 2],
  ['fmt --check', { 'policies/project.yaml': shop['policies/project.yaml'] ?? '' }, 0],
  ['fmt --check', { ...clean, 'policies/project.yaml': `${shop['policies/project.yaml']}\n\n\n` }, 1],
  ['fmt --check', none, 2],
  ['list', clean, 0],
  ['list', broken, 1],
  ['list', none, 2],
  ['test', clean, 0],
  ['test', failing, 1],
  ['test', { ...clean, 'policies/tests/web.test.yaml': '# none\n' }, 2],
  ['test', none, 2],
  [`explain ${ask} --env production`, clean, 0],
  [`explain ${ask}`, broken, 1],
  ['explain nothing.json', clean, 2],
  ['diff before', changed, 0],
  ['diff before --detailed-exitcode', changed, 3],
  ['diff before --detailed-exitcode', broken, 1],
  ['diff nowhere', clean, 2],
  ['diff', clean, 2],
  [replay, clean, 0],
  [`${replay} --detailed-exitcode`, changed, 3],
  [replay, denied, 1],
  ['dry-run --traffic missing.ndjson --base before', clean, 2],
  ['dry-run merge missing.json', clean, 2],
  ['dry-run', clean, 2],
  ['usage', clean, 2],
  ['init new', none, 0],
  ['init', shop, 2],
  ['init new --fail-level none', none, 2],
  ['init new --from portkey.json', clean, 0],
  ['init new --from litellm.yaml', clean, 1],
  ['init new --from shapeless.json', clean, 2],
  ['init new --from missing.json', clean, 2],
  ['init new --from-kind portkey', clean, 2],
  ['init --from portkey.json', clean, 2],
  ['keys list', clean, 0],
  ['keys list nobody', clean, 2],
  ['keys list', none, 2],
  ['bench --traffic week.ndjson', clean, 0],
  ['bench --traffic week.ndjson', broken, 1],
  ['bench --traffic missing.ndjson', clean, 2],
  ['bench --traffic week.ndjson --env development', clean, 2],
  ['bench', clean, 2],
  ['doctor --port 0', clean, 0],
  ['doctor --port 0', broken, 1],
  ['doctor --port 0', none, 1],
  ['doctor --port 0 --env stagging', clean, 2],
  ['alerts backtest --traffic ended.ndjson', clean, 0],
  ['alerts backtest --traffic week.ndjson', clean, 2],
  ['alerts backtest --traffic missing.ndjson', clean, 2],
];

/** The others, whose answer has no format: what they find, and what they cannot check. */
const plain: readonly Row[] = [
  ['serve --port 0', broken, 1],
  ['serve --port 0', none, 2],
  ['serve --port 0 --env stagging', clean, 2],
  ['serve --port 70000', clean, 2],
  ['serve --port 0 --workers 0', clean, 2],
  ['serve --port 0 --host 192.0.2.1', clean, 2],
  ['serve --git https://git.example.com/policies', clean, 2],
  ['status --url http://127.0.0.1:9', none, 2],
  ['reload --url http://127.0.0.1:9', none, 2],
  ['render', clean, 0],
  ['render', broken, 1],
  ['render', none, 2],
  ['render Chain/nothing', clean, 2],
  ['keys create web', clean, 0],
  ['keys create nobody', clean, 2],
  ['keys rotate web', clean, 0],
  ['keys rotate web --key k9', clean, 2],
  [`keys hash sbx_${'a'.repeat(32)}`, none, 0],
  ['keys hash secret', clean, 2],
  ['cache purge --all --url http://127.0.0.1:9', clean, 2],
  ['cache tune --pairs pairs.ndjson', clean, 0],
  ['cache tune --pairs pair.ndjson', clean, 1],
  ['cache tune --pairs missing.ndjson', clean, 2],
  ['cache warm missing.txt --url http://127.0.0.1:9', clean, 2],
  ['alerts test errors --url http://127.0.0.1:9', clean, 2],
  ['report', clean, 2],
  ['report nobody', clean, 2],
  ['report --period year', clean, 2],
  ['report', broken, 2],
  ['traffic import --from azure-llm-csv trace.csv', clean, 0],
  ['traffic import --from azure-llm-csv empty.csv', clean, 1],
  ['traffic import --from azure-csv trace.csv', clean, 2],
  ['traffic stats week.ndjson', clean, 0],
  ['traffic stats missing.ndjson', clean, 2],
  ['traffic sample week.ndjson', clean, 0],
  ['traffic sample missing.ndjson', clean, 2],
  ['traffic verify week.ndjson', clean, 0],
  ['traffic verify leaking.ndjson', clean, 1],
  ['traffic verify missing.ndjson', clean, 2],
  ['traffic', clean, 2],
  ['graph', clean, 0],
  ['graph', broken, 1],
  ['graph', none, 2],
  ['graph --format png', clean, 2],
  ['schema Chain', none, 0],
  ['schema Chian', none, 2],
  ['--version', none, 0],
  ['explain --help', none, 0],
  ['', none, 2],
  ['lnit', none, 2],
  ['lint --fast', clean, 2],
];

const FORMATS = ['pretty', 'json', 'sarif', 'junit', 'github', 'markdown'] as const;
const START: Readonly<Record<(typeof FORMATS)[number], RegExp>> = {
  pretty: /\S/,
  json: /^\{\n/,
  sarif: /^\{\n {2}"\$schema": ".*sarif/,
  junit: /^<\?xml/,
  github: /^(::(error|warning|notice) |signalbox )/,
  markdown: /^(#|\||```|<!-- )/,
};

describe('exit codes', () => {
  for (const [args, files, code] of reported) {
    it(`signalbox ${args} ends with ${code} on ${nameOf(files)}, and says the same in every format`, async (t) => {
      const cwd = makeTempDirectory(t, files);
      const formats = FORMATS.flatMap((format) => ['--format', `${format}=out/${format}`]);
      const run = await runVerb(t, [...args.split(' '), ...formats], { cwd });
      assert.equal(run.code, code, run.stdout + run.stderr);
      if (code === 2) {
        assert.deepEqual([run.stdout, run.stderr === ''], ['', false]);
        return;
      }
      for (const format of FORMATS) {
        const text = readFileSync(join(cwd, 'out', format), 'utf8');
        assert.match(text, START[format], format);
      }
      assert.equal(JSON.parse(readFileSync(join(cwd, 'out/json'), 'utf8')).exitCode ?? code, code);
      const log = JSON.parse(readFileSync(join(cwd, 'out/sarif'), 'utf8'));
      assert.deepEqual(sarifProblems(log), []);
      const [sarif] = log.runs;
      assert.equal(sarif.invocations[0].exitCode, code);
    });
  }

  for (const [args, files, code] of plain) {
    it(`signalbox ${args} ends with ${code} on ${nameOf(files)}`, async (t) => {
      const cwd = makeTempDirectory(t, files);
      const words = args.split(' ').filter(Boolean);
      const run = await (words[0] === 'serve' ? runProcess(t, words, { cwd }) : runVerb(t, words, { cwd }));
      assert.equal(run.code, code, run.stdout + run.stderr);
      if (code === 2) assert.deepEqual([run.stdout, run.stderr === ''], ['', false]);
    });
  }

  it('of verbs that ask a running gateway say what it answered', async (t) => {
    const cwd = makeTempDirectory(t, {
      ...clean,
      'questions.txt': 'Where is my parcel?\n',
      'refused.ndjson': '{"path": "/v1/chat/completions", "body": {"messages": []}}\n',
    });
    const env = { SIGNALBOX_ADMIN_TOKEN: 'token-of-this-test' };
    const gateway = await startGateway(t, [], { cwd, env });
    const codeOf = async (args: string): Promise<number | null> => {
      const url = args.startsWith('usage') || args.startsWith('report') ? [] : ['--url', gateway.url];
      return (await runProcess(t, [...args.split(' '), ...url], { cwd, env })).code;
    };
    const told: Record<string, number | null> = {};
    const ask = async (args: string): Promise<void> => {
      told[args] = await codeOf(args);
    };
    for (const args of ['status', 'reload', 'cache purge --all', 'cache purge', 'alerts test nothing']) await ask(args);
    // No address to send mail by: the notice waits in the outbox.
    await ask('alerts test errors');
    await ask('cache warm questions.txt --model sandbox/echo');
    await ask('cache warm refused.ndjson');
    for (const args of ['usage', 'usage --from never', 'report', 'report --format html']) await ask(args);
    writeFileSync(join(cwd, 'policies/chains.yaml'), 'kind: [Chain');
    const refused = { reload: await codeOf('reload'), status: await codeOf('status') };
    assert.deepEqual(told, {
      ...{ status: 0, reload: 0, 'cache purge --all': 0, 'cache purge': 2, 'alerts test nothing': 2 },
      ...{ 'alerts test errors': 1, 'cache warm questions.txt --model sandbox/echo': 0 },
      ...{ 'cache warm refused.ndjson': 1, usage: 0, 'usage --from never': 2 },
      ...{ report: 0, 'report --format html': 0 },
    });
    assert.deepEqual(refused, { reload: 1, status: 1 });
    const taken = await runProcess(t, ['serve', '--port', new URL(gateway.url).port], { cwd, env });
    assert.deepEqual([taken.code, taken.stdout], [2, '']);
    assert.match(taken.stderr, /is taken/);
    assert.equal((await gateway.stop()).code, 0);
  });

  it('are shown for every verb, and in every format for every verb that takes them', async () => {
    const words = (args: string): string => {
      const [first = '', second = ''] = args.split(' ');
      return GROUPS.has(first) ? `${first} ${second}` : first;
    };
    const shownBy = (rows: readonly Row[], verb: string): readonly number[] =>
      [...new Set(rows.filter(([args]) => words(args) === verb).map(([, , code]) => code))].sort();
    for (const { name, load } of VERBS) {
      const command = new Command(name);
      (await load()).configure(command);
      const leaves = command.commands.length === 0 ? [command] : command.commands;
      for (const leaf of leaves) {
        const verb = leaf === command ? name : `${name} ${leaf.name()}`;
        if (ELSEWHERE.has(verb)) continue;
        const hasFormats = leaf.options.some(({ long }) => long === '--fail-level');
        const rows = hasFormats ? reported : [...plain, ...reported];
        const [least, ...others] = shownBy(rows, verb);
        const shown = [...(least === undefined ? [] : [least]), ...others, ...(BY_A_GATEWAY[verb] ?? [])];
        assert.deepEqual([...new Set(shown)].sort(), CODES[verb] ?? [0, 2], verb);
      }
    }
  });
});

/** Verbs that have words of their own. */
const GROUPS: ReadonlySet<string> = new Set(['keys', 'cache', 'alerts', 'traffic']);

/** The parts of `check` are fmt, lint, test and dry-run; it has a table of its own. */
const ELSEWHERE: ReadonlySet<string> = new Set(['check']);

/** Outcomes that the test with a running gateway shows. */
const BY_A_GATEWAY: Readonly<Record<string, readonly number[]>> = {
  serve: [0],
  status: [0, 1],
  reload: [0, 1],
  usage: [0],
  report: [0],
  'cache purge': [0],
  'cache warm': [0, 1],
  'alerts test': [1],
};

/** Every outcome that a verb can have: 0 and 2 unless it checks something. */
const CODES: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(
    [
      'init',
      'serve',
      'status',
      'reload',
      'lint',
      'fmt',
      'list',
      'test',
      'explain',
      'render',
      'graph',
      'doctor',
      'bench',
    ].map((verb) => [verb, [0, 1, 2]]),
  ),
  ...{ diff: [0, 1, 2, 3], 'dry-run': [0, 1, 2, 3], 'traffic import': [0, 1, 2], 'traffic verify': [0, 1, 2] },
  // A notice that arrives needs a mail server: test/alerts shows it.
  ...{ 'cache tune': [0, 1, 2], 'cache warm': [0, 1, 2], 'alerts test': [1, 2] },
};

function nameOf(files: Files): string {
  const names = { clean, broken, warned, changed, denied, failing, shop };
  const known = Object.entries(names).find(([, each]) => each === files)?.[0];
  return known === undefined
    ? Object.keys(files).length === 0
      ? 'an empty folder'
      : 'a tree of its own'
    : `a ${known} tree`;
}
