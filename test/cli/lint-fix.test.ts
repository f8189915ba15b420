import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BUILTIN_FINDINGS, RULES, runLint, WAIVER_UNUSED } from '#lint';
import { fixTree } from '../../src/cli/lint/fix-tree.ts';
import { type PolicyTree, treeOf } from '../../src/cli/load-tree.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram, type SkipContext } from '../support/skip.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

type Context = SkipContext & Cleanup;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function treeWith(text: string): PolicyTree {
  return treeOf('policies', { sources: [{ file: 'a.yaml', bytes: encode(text) }], ignored: [], diagnostics: [] });
}

function findingsOf(tree: PolicyTree) {
  const compiled = tree.environments.map((environment) => tree.compile(environment));
  return runLint({ parsed: tree.parsed, compiled, nowMs: Date.parse('2026-11-25T00:00:00Z') }).findings;
}

async function fix(text: string): Promise<{ readonly text: string; readonly titles: readonly string[] }> {
  const { fixed } = await fixTree(treeWith(text), async (tree) => findingsOf(tree));
  return { text: fixed[0]?.after ?? text, titles: fixed[0]?.titles ?? [] };
}

const chain = (lines: string): string => `apiVersion: signalbox/v1
kind: Chain
metadata: { name: main, owner: platform }
spec:
${lines}  defaults: { timeouts: { firstToken: 5s, total: 20s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
`;
const weighted = (lines: string): string =>
  chain(lines).replace('gpt-4o }', 'gpt-4o, weight: 30 }').replace('4-5 }', '4-5, weight: 70 }');
const budget = (limit: string): string =>
  `apiVersion: signalbox/v1\nkind: Budget\nmetadata: { name: b }\nspec:\n  limit: { cost: ${limit} } # a month\n  window: { every: month, timezone: UTC }\n  onExhausted: deny\n`;
const waiver =
  'apiVersion: signalbox/v1\nkind: Waiver\nmetadata: { name: w }\nspec: { rule: fallback/none, subject: Chain/main, reason: r, expires: 2999-01-01 }\n';

/** The rule, what is written, and what it becomes; null for what stays, since more than one thing can be meant. */
const table: readonly (readonly [rule: string, before: string, after: string | null])[] = [
  ['schema/unknown-key', chain('  max_attempts: 4 # of one request\n'), chain('  maxAttempts: 4 # of one request\n')],
  ['schema/unknown-key', chain('  nothingLikeIt: 4\n'), null],
  ['schema/value', chain('  strategy: falback\n'), chain('  strategy: fallback\n')],
  ['schema/value', chain('  strategy: quickest\n'), null],
  [
    'schema/value',
    chain('  fallbackOn: [rate-limit, timeout, server-error, timeout] # all\n'),
    chain('  fallbackOn: [rate-limit, timeout, server-error] # all\n'),
  ],
  [
    'schema/value',
    chain('  fallbackOn:\n    - rate-limit\n    - rate-limit\n    # the rest\n    - timeout\n    - server-error\n'),
    chain('  fallbackOn:\n    - rate-limit\n    # the rest\n    - timeout\n    - server-error\n'),
  ],
  [
    'schema/value',
    chain('  fallbackOn:\n    - rate-limit\n    - rate-limit # twice, why?\n    - timeout\n    - server-error\n'),
    null,
  ],
  ['schema/format', chain('  deadline: 2 minutes\n'), chain('  deadline: 2m\n')],
  ['schema/format', chain('  deadline: "90 sec"\n'), chain('  deadline: 90s\n')],
  ['schema/format', chain('  deadline: soon\n'), null],
  ['schema/format', budget('"1000"'), budget('"1000 USD"')],
  ['schema/format', budget('$12.50'), budget('"12.50 USD"')],
  ['schema/format', budget('1000 EUR'), null],
  ['schema/type', budget('1000'), budget('"1000 USD"')],
  ['schema/type', chain('  deadline: 90\n'), null],
  ['schema/type', chain('  maxAttempts: "4"\n'), chain('  maxAttempts: 4\n')],
  ['schema/type', chain('  allowDowngrade: no\n'), chain('  allowDowngrade: false\n')],
  ['schema/type', chain('  fallbackOn: timeout\n'), chain('  fallbackOn: [timeout, rate-limit, server-error]\n')],
  ['schema/missing-key', chain('').replace('apiVersion: signalbox/v1\n', '# ours\n'), `# ours\n${chain('')}`],
  ['schema/unknown-kind', chain('').replace('Chain', 'Chian'), chain('')],
  ['schema/unknown-kind', chain('').replace('Chain', 'Pipeline'), null],
  [
    'retry/no-jitter',
    chain('').replace('20s }', '20s }, retry: { max: 1, jitter: none }'),
    chain('').replace('20s }', '20s }, retry: { max: 1, jitter: full }'),
  ],
  [
    'retry/ignores-retry-after',
    chain('').replace('20s }', '20s }, retry: { max: 1, respectRetryAfter: false }'),
    chain('').replace('20s }', '20s }, retry: { max: 1, respectRetryAfter: true }'),
  ],
  [
    'split/no-sticky',
    weighted('  strategy: weighted\n  sticky: none # for now\n'),
    weighted('  strategy: weighted\n  sticky: session # for now\n'),
  ],
  ['split/no-sticky', weighted('  strategy: weighted\n'), `${weighted('  strategy: weighted\n')}  sticky: session\n`],
  [
    'fallback/trigger-gap',
    chain('  fallbackOn: [server-error] # one\n'),
    chain('  fallbackOn: [server-error, rate-limit, timeout] # one\n'),
  ],
  [
    'fallback/trigger-gap',
    chain('  fallbackOn:\n    - server-error # one\n    # more?\n'),
    chain('  fallbackOn:\n    - server-error # one\n    - rate-limit\n    - timeout\n    # more?\n'),
  ],
  [
    'waiver/unused',
    `${chain('')}---\n# yaml-language-server: $schema=w.json\n${waiver}---\n${budget('"5 USD"')}`,
    `${chain('')}---\n${budget('"5 USD"')}`,
  ],
  ['waiver/unused', `${waiver}---\n${chain('')}`, chain('')],
  ['waiver/unused', `${chain('')}---\n# why it is here\n${waiver}`, null],
  ['waiver/unused', waiver.replace('Chain/main', 'Provider/openai'), null],
];

describe('lint --fix', () => {
  for (const [rule, before, after] of table) {
    const line = before.split('\n').find((each) => !(after ?? chain('')).includes(each)) ?? '';
    it(`${rule} ${after === null ? 'leaves' : 'fixes'} ${JSON.stringify(line.trim())}`, async () => {
      const found = findingsOf(treeWith(before)).filter((finding) => finding.rule === rule);
      assert.ok(found.length > 0, 'the rule fires');
      const fixed = await fix(before);
      assert.equal(fixed.text, after ?? before);
      assert.equal((await fix(fixed.text)).text, fixed.text, 'a second run changes nothing');
      assert.equal(
        (await fix(before.replaceAll('\n', '\r\n'))).text,
        fixed.text.replaceAll('\n', '\r\n'),
        'CRLF stays',
      );
    });
  }

  it('says on the page of a rule what it fixes, and has a case for it', () => {
    const told = [...RULES.map(({ meta }) => meta), WAIVER_UNUSED, ...BUILTIN_FINDINGS].filter(
      (each) => each.fix !== undefined,
    );
    const shown = new Set(table.filter(([, , after]) => after !== null).map(([rule]) => rule));
    assert.deepEqual(told.map(({ id }) => id).sort(), [...shown].sort());
    const fixable = table.flatMap(([, before]) => findingsOf(treeWith(before))).filter((finding) => finding.fix);
    for (const { rule } of fixable) assert.ok(shown.has(rule), `${rule} has a fix that its page does not tell`);
  });

  it('never touches a line without a mistake, whatever stands between', async () => {
    const mistakes = [
      ['  maxAttempts: 4', '  max_attempts: 4'],
      ['  strategy: fallback', '  strategy: falback'],
      ['  deadline: 2m', '  deadline: 2 minutes'],
      ['  allowDowngrade: true', '  allowDowngrade: yes'],
      ['  maxPrice: "5 USD"', '  maxPrice: 5'],
      [
        '  fallbackOn: [rate-limit, timeout, server-error]',
        '  fallbackOn: [rate-limit, timeout, timeout, server-error]',
      ],
    ] as const;
    const noise = fc.constantFrom('', '\n', '# a note\n', '  # indented\n', '# "quoted": [x\n', '\n\n');
    const tail = fc.constantFrom('', ' # why', '  #x', ' ');
    const lines = fc.tuple(...mistakes.map((pair) => fc.tuple(fc.constant(pair), fc.boolean(), noise, tail)));
    await fc.assert(
      fc.asyncProperty(lines, fc.shuffledSubarray([0, 1, 2, 3, 4, 5]), async (drawn, order) => {
        const build = (isFixed: boolean): string =>
          chain(
            order
              .map((at) => {
                const [[good, bad], isBad, between, end] = drawn[at] as (typeof drawn)[number];
                return `${between}${isBad && !isFixed ? bad : good}${end}\n`;
              })
              .join(''),
          );
        const fixed = await fix(build(false));
        assert.equal(fixed.text, build(true));
        assert.equal((await fix(fixed.text)).titles.length, 0);
      }),
      { numRuns: 60 },
    );
  });

  it('writes the files, keeps their marks, and reports what is left', async (t) => {
    const cwd = makeTempDirectory(t, { 'policies/good.yaml': chain(''), 'policies/sub/bad.yaml': '' });
    const bad = join(cwd, 'policies/sub/bad.yaml');
    writeFileSync(bad, `\ufeff${budget('1000').replace('  onExhausted: deny\n', '')}`);
    chmodSync(bad, 0o640);
    const before = statSync(join(cwd, 'policies/good.yaml')).mtimeMs;
    const run = await runVerb(t, ['lint', '--fix', '--format', 'json=lint.json'], { cwd });
    assert.equal(run.code, 1);
    assert.match(run.stdout, /fixed policies\/sub\/bad\.yaml: write 1000 USD\n/);
    assert.equal(readFileSync(bad, 'utf8'), `\ufeff${budget('"1000 USD"').replace('  onExhausted: deny\n', '')}`);
    assert.equal(statSync(bad).mode & 0o777, 0o640);
    assert.equal(statSync(join(cwd, 'policies/good.yaml')).mtimeMs, before);
    const report = JSON.parse(readFileSync(join(cwd, 'lint.json'), 'utf8'));
    assert.deepEqual(report.fixed, [{ file: 'sub/bad.yaml', fixes: ['write 1000 USD'] }]);
    assert.ok(report.findings.some(({ rule }: { readonly rule: string }) => rule === 'budget/no-action'));
    assert.ok(!report.findings.some(({ rule }: { readonly rule: string }) => rule.startsWith('schema/')));
  });

  it('shows what it would do as a patch that git takes, and changes nothing', async (t: Context) => {
    if (requireProgram(t, 'git') === undefined) return;
    const text = `${chain('  max_attempts: 4\n  deadline: 2 min\n')}---\n${budget('7')}`;
    const cwd = makeTempDirectory(t, { 'policies/a.yaml': text });
    const preview = await runVerb(t, ['lint', '--fix', '--dry-run'], { cwd });
    assert.equal(preview.code, 1);
    assert.equal(readFileSync(join(cwd, 'policies/a.yaml'), 'utf8'), text);
    const [patch = ''] = preview.stdout.split('\n\n');
    assert.match(patch, /^--- a\/policies\/a\.yaml\n\+\+\+ b\/policies\/a\.yaml\n@@ /);
    execFileSync('git', ['init', '-q'], { cwd });
    execFileSync('git', ['apply', '--unidiff-zero', '-'], { cwd, input: `${patch}\n` });
    const byGit = readFileSync(join(cwd, 'policies/a.yaml'), 'utf8');
    writeFileSync(join(cwd, 'policies/a.yaml'), text);
    await runVerb(t, ['lint', '--fix'], { cwd });
    assert.equal(readFileSync(join(cwd, 'policies/a.yaml'), 'utf8'), byGit);
  });

  it('prints no secret in a patch', async (t) => {
    const secret = 'sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF';
    const provider = `apiVersion: signalbox/v1\nkind: Provider\nmetadata: { name: mine }\nspec:\n  dialect: openai-chat\n  baseUrl: https://example.com/v1\n  auth: { kind: bearer, secret: ${secret} }\n  on_disconnect: abort\n`;
    const run = await runVerb(t, ['lint', '--fix', '--dry-run'], {
      cwd: makeTempDirectory(t, { 'policies/p.yaml': provider }),
    });
    assert.match(run.stdout, /\+ {2}onDisconnect: abort/);
    assert.ok(!run.stdout.includes(secret.slice(8)));
  });

  it('tells how much can be fixed, and refuses what has no file', async (t) => {
    const cwd = makeTempDirectory(t, { 'policies/a.yaml': chain('  max_attempts: 4\n') });
    assert.match((await runVerb(t, ['lint'], { cwd })).stdout, /\n1 can be fixed with --fix\.\n/);
    for (const [args, message] of [
      [['lint', '-', '--fix'], /--fix changes files; stdin is none/],
      [['lint', '--dry-run'], /--dry-run goes with --fix/],
    ] as const) {
      const run = await runVerb(t, args, { cwd, stdin: 'x' });
      assert.equal(run.code, 2);
      assert.match(run.stderr, message);
    }
  });
});
