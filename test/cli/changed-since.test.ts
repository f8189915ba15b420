import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diffLines } from '../../src/cli/lint/line-diff.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram, type SkipContext } from '../support/skip.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

type Context = SkipContext & Cleanup;

const head = 'apiVersion: signalbox/v1\n';
const chain = `${head}kind: Chain
metadata: { name: main, owner: platform, description: The chain. }
spec:
  defaults:
    timeouts: { firstToken: 5s, total: 20s }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
`;
/** Has a warning of old: no limit to the length of an answer. */
const route = (name: string, match = '{}') =>
  `${head}kind: Route\nmetadata: { name: ${name}, owner: platform, description: A route. }\nspec: { match: ${match}, chain: main }\n`;
const files = { 'policies/chain.yaml': chain, 'policies/default.yaml': route('default') };

interface Repository {
  readonly folder: string;
  readonly write: (file: string, text: string) => void;
  readonly git: (...args: string[]) => string;
}

/** A repository whose branch `change` has just left `main`. Undefined after a skip. */
function openRepository(t: Context): Repository | undefined {
  if (requireProgram(t, 'git') === undefined) return undefined;
  const folder = makeTempDirectory(t, files);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
  git('checkout', '-q', '-b', 'change');
  return { folder, git, write: (file, text) => writeFileSync(join(folder, 'policies', file), text) };
}

async function findingsOf(
  t: Context,
  { folder }: Repository,
  ...args: string[]
): Promise<{ readonly code: number | null; readonly found: readonly string[]; readonly hidden: number }> {
  const run = await runVerb(t, ['lint', '--format', 'json', '--fail-level', 'warn', ...args], { cwd: folder });
  const { findings, hidden } = JSON.parse(run.stdout);
  const found = findings.map(({ rule, file, line }: Record<string, unknown>) => `${rule} ${file}:${line}`);
  return { code: run.code, found, hidden };
}

const old = 'limits/max-output-missing default.yaml:3';

/** What happens on the branch, and what is then shown. */
const table: readonly (readonly [string, (repository: Repository) => void, readonly string[], number])[] = [
  ['nothing', () => undefined, [], 1],
  [
    'a new file, not yet known to git',
    ({ write }) => write('b.yaml', route('b', '{ models: [x] }')),
    ['limits/max-output-missing b.yaml:3'],
    1,
  ],
  [
    'a committed file',
    ({ write, git }) => {
      write('b.yaml', route('b', '{ models: [x] }'));
      git('add', '-A');
      git('commit', '-q', '-m', 'b');
    },
    ['limits/max-output-missing b.yaml:3'],
    1,
  ],
  [
    'the line of an old finding',
    ({ write }) => write('default.yaml', route('default').replace('platform', 'support')),
    [old],
    0,
  ],
  ['lines above an old finding', ({ write }) => write('default.yaml', `# why\n${route('default')}`), [], 1],
  [
    'a deletion that makes findings on lines nobody touched',
    ({ write }) => write('chain.yaml', chain.replace(/ {2}defaults:\n.*\n/, '')),
    ['timeout/missing chain.yaml:6', 'timeout/ttft-missing chain.yaml:6', 'timeout/missing chain.yaml:7'],
    1,
  ],
  [
    'a file that only moved',
    ({ folder }) => renameSync(join(folder, 'policies/chain.yaml'), join(folder, 'policies/moved.yaml')),
    [],
    1,
  ],
  [
    'a file that is no YAML any more',
    ({ write }) => write('chain.yaml', 'kind: [Chain'),
    ['yaml/syntax chain.yaml:1', 'ref/unresolved default.yaml:4'],
    1,
  ],
  [
    'a tie with a line that did not change',
    ({ write }) =>
      write('b.yaml', route('b', '{}').replace('chain: main', 'chain: main, limits: { maxOutputTokens: 10 }')),
    ['route/ambiguous default.yaml:4'],
    1,
  ],
];

describe('lint --changed-since', () => {
  for (const [what, change, expected, hidden] of table) {
    it(`after ${what} shows what has to do with it`, async (t: Context) => {
      const repository = openRepository(t);
      if (repository === undefined) return;
      change(repository);
      const result = await findingsOf(t, repository, '--changed-since', 'main');
      assert.deepEqual(result.found, expected);
      assert.deepEqual([result.code, result.hidden], [expected.length > 0 ? 1 : 0, hidden]);
    });
  }

  it('compares with the commit where the branch left, however far the other one went on', async (t: Context) => {
    const repository = openRepository(t);
    if (repository === undefined) return;
    const { git, write, folder } = repository;
    git('checkout', '-q', 'main');
    write('default.yaml', route('default').replace('chain: main', 'chain: main, limits: { maxOutputTokens: 10 }'));
    git('commit', '-q', '-a', '-m', 'on');
    git('checkout', '-q', 'change');
    assert.deepEqual((await findingsOf(t, repository, '--changed-since', 'main')).found, []);
    rmSync(join(folder, '.git'), { recursive: true });
    const run = await runVerb(t, ['lint', '--changed-since', 'main'], { cwd: folder });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /--changed-since main: policies is in no git repository, and there is no such folder/);
  });

  it('compares with a folder, and says how much it left out', async (t: Context) => {
    const cwd = makeTempDirectory(t, { ...files, 'before/chain.yaml': chain, 'before/default.yaml': route('default') });
    const run = await runVerb(t, ['lint', '--changed-since', 'before'], { cwd });
    assert.equal(run.code, 0);
    assert.match(run.stdout, /1 more on lines that did not change since before\.\n\n✔ no findings/);
  });

  it('refuses what is no revision, and stdin', async (t: Context) => {
    const repository = openRepository(t);
    if (repository === undefined) return;
    for (const [args, message] of [
      [['--changed-since', 'nowhere'], /git knows no such revision/],
      [['--changed-since=--output=x'], /git knows no such revision/],
      [['-', '--changed-since', 'main'], /stdin has no history/],
    ] as const) {
      const run = await runVerb(t, ['lint', ...args], { cwd: repository.folder, stdin: chain });
      assert.equal(run.code, 2);
      assert.match(run.stderr, message);
    }
  });
});

describe('the difference of two texts', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd');
  it('leads from one to the other, and leaves what they share in place', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.array(line, { maxLength: 30 }), (from, to) => {
        const changes = diffLines(from, to);
        let at = 0;
        const built: string[] = [];
        for (const { fromStart, fromEnd, toStart, toEnd } of changes) {
          built.push(...from.slice(at, fromStart), ...to.slice(toStart, toEnd));
          at = fromEnd;
        }
        built.push(...from.slice(at));
        assert.deepEqual(built, to);
      }),
    );
  });

  it('is as small as it can be', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 }), (from, to) => {
        const edits = diffLines(from, to).reduce(
          (sum, { fromStart, fromEnd, toStart, toEnd }) => sum + fromEnd - fromStart + toEnd - toStart,
          0,
        );
        assert.equal(edits, from.length + to.length - 2 * longestCommon(from, to));
      }),
    );
  });

  it('gives up on texts that share next to nothing, and stays right', () => {
    const from = Array.from({ length: 3000 }, (_, at) => `a${at}`);
    const to = Array.from({ length: 3000 }, (_, at) => `b${at}`);
    assert.deepEqual(diffLines(from, to), [{ fromStart: 0, fromEnd: 3000, toStart: 0, toEnd: 3000 }]);
  });
});

/** The longest common subsequence, by the book. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const each of a) {
    const next = [0];
    for (const [at, other] of b.entries()) {
      next.push(each === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
