import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VERBS } from '../../src/cli/verbs.ts';
import { answerBy, recordOf } from '../replay/replay-fixture.ts';
import { runProcess } from '../support/start-process.ts';
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
const traffic = { 'week.ndjson': `${record('web')}\n` };
const clean: Files = { ...shop, ...before, ...traffic };
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
  [replay, clean, 0],
  [`${replay} --detailed-exitcode`, changed, 3],
  [replay, denied, 1],
  ['dry-run --traffic missing.ndjson --base before', clean, 2],
  ['usage', clean, 2],
];

/** The others, whose answer has no format: what they find, and what they cannot check. */
const plain: readonly Row[] = [
  ['init new', none, 0],
  ['init', shop, 2],
  ['serve --port 0', broken, 1],
  ['status --url http://127.0.0.1:9', none, 2],
  ['reload --url http://127.0.0.1:9', none, 2],
  ['render', clean, 0],
  ['keys list', clean, 0],
  ['keys hash', clean, 2],
  ['cache purge --all --url http://127.0.0.1:9', clean, 2],
  ['alerts backtest --traffic week.ndjson', clean, 2],
  ['alerts backtest --traffic missing.ndjson', clean, 2],
  ['alerts test errors --url http://127.0.0.1:9', clean, 2],
  ['report', clean, 2],
  ['report nobody', clean, 2],
  ['report --period year', clean, 2],
  ['report', broken, 2],
  ['traffic stats week.ndjson', clean, 0],
  ['traffic stats missing.ndjson', clean, 2],
  ['graph', clean, 0],
  ['graph', broken, 1],
  ['graph', none, 2],
  ['graph --format png', clean, 2],
  ['schema Chain', none, 0],
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

describe('exit codes', { concurrency: 2 }, () => {
  for (const [args, files, code] of reported) {
    it(`signalbox ${args} ends with ${code} on ${nameOf(files)}, and says the same in every format`, async (t) => {
      const cwd = makeTempDirectory(t, files);
      const formats = FORMATS.flatMap((format) => ['--format', `${format}=out/${format}`]);
      const run = await runProcess(t, [...args.split(' '), ...formats], { cwd });
      assert.equal(run.code, code, run.stdout + run.stderr);
      if (code === 2) return;
      for (const format of FORMATS) {
        const text = readFileSync(join(cwd, 'out', format), 'utf8');
        assert.match(text, START[format], format);
      }
      assert.equal(JSON.parse(readFileSync(join(cwd, 'out/json'), 'utf8')).exitCode ?? code, code);
      const [sarif] = JSON.parse(readFileSync(join(cwd, 'out/sarif'), 'utf8')).runs;
      assert.equal(sarif.invocations[0].exitCode, code);
    });
  }

  for (const [args, files, code] of plain) {
    it(`signalbox ${args} ends with ${code} on ${nameOf(files)}`, async (t) => {
      const run = await runProcess(t, args.split(' '), { cwd: makeTempDirectory(t, files) });
      assert.equal(run.code, code, run.stdout + run.stderr);
      if (code === 2) assert.deepEqual([run.stdout, run.stderr === ''], ['', false]);
    });
  }

  it('are shown for every verb', () => {
    const shown = new Set([...reported, ...plain].map(([args]) => args.split(' ')[0]));
    // Its parts are lint, test and dry-run; it has a table of its own.
    const elsewhere = ['check'];
    assert.deepEqual(
      VERBS.map(({ name }) => name).filter((name) => !shown.has(name) && !elsewhere.includes(name)),
      [],
    );
    for (const verb of ['lint', 'fmt', 'list', 'test', 'explain', 'diff', 'dry-run']) {
      const codes = new Set(reported.filter(([args]) => args.split(' ')[0] === verb).map(([, , code]) => code));
      for (const code of [0, 1, 2]) assert.ok(codes.has(code), `${verb} is not shown to end with ${code}`);
    }
  });
});

function nameOf(files: Files): string {
  const names = { clean, broken, warned, changed, denied, failing, shop };
  const known = Object.entries(names).find(([, each]) => each === files)?.[0];
  return known === undefined
    ? Object.keys(files).length === 0
      ? 'an empty folder'
      : 'a tree of its own'
    : `a ${known} tree`;
}
