import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkMarkdown } from '../../src/cli/check/check-markdown.ts';
import type { CheckReport } from '../../src/cli/check/check-report.ts';
import { readCheckReport } from '../../src/cli/check/read-report.ts';
import { BASE, pairOf, recordOf, replayed } from '../replay/replay-fixture.ts';
import { runVerb } from '../support/run-verb.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const HEAD_SHA = 'a'.repeat(40);

/** A change with something in every section of the comment. */
const dryRun = replayed(
  pairOf(BASE, BASE.replace('    - { id: gpt, model: openai/gpt-4o }\n', '')),
  Array.from({ length: 8 }, (_, index) => recordOf(`r${index}`)),
);

function reportOf(parts: Partial<CheckReport> = {}): CheckReport {
  const finding = {
    rule: 'link/unknown',
    severity: 'error',
    file: 'routes/a.yaml',
    line: 3,
    column: 1,
    message: 'there is no chain `x`',
    hint: 'Did you mean `y`?',
  } as const;
  const failed = {
    name: 'a case',
    file: 'tests/a.test.yaml',
    line: 4,
    passed: false,
    mismatches: [{ field: 'route', expected: 'a', actual: 'b' }],
  };
  const at = { file: 'chains/a.yaml', line: 5 };
  const change = {
    document: 'Chain/a',
    change: 'changed',
    base: at,
    head: { ...at, line: 6 },
    fields: [{ path: 'maxAttempts', from: 2, to: 3, base: at, head: at, words: 'at most 3 attempts, not 2' }],
    affects: { routes: ['a'], consumers: ['app'], isEverybody: false },
    environments: ['production'],
    inService: null,
  } as const;
  const side = { name: 'main', commit: null };
  const environments = { compared: ['production', 'staging'], added: ['new'], removed: ['old'] };
  const diff = {
    base: side,
    head: side,
    running: side,
    environments,
    changes: [change],
    drift: [change],
    rewritten: ['Route/b'],
  };
  return {
    format: 'signalbox-check/1',
    version: '0.1.0',
    exitCode: 1,
    policies: 'policies',
    base: 'b'.repeat(40),
    pullRequest: { number: 7, headSha: HEAD_SHA },
    layout: { exitCode: 1, report: { findings: [{ ...finding, rule: 'fmt/layout' }] }, problem: null },
    lint: { exitCode: 1, report: { findings: [finding, { ...finding, severity: 'warn' }] }, problem: null },
    tests: { exitCode: 1, report: { passed: 3, failed: 1, cases: [failed] }, problem: null },
    diff: { exitCode: 0, report: { version: '0.1.0', exitCode: 0, ...diff } as typeof diff, problem: null },
    dryRun: { exitCode: 0, report: dryRun, problem: null, findings: [] },
    notes: ['The recordings end 20 days ago.'],
    ...parts,
  };
}

/** Puts a text into every free text of a report, keys and choices aside. */
function poison(value: unknown, text: string, key = ''): unknown {
  const kept = ['format', 'headSha', 'severity', 'kind', 'label', 'mode', 'change', 'rule'];
  if (typeof value === 'string') return kept.includes(key) ? value : text;
  if (Array.isArray(value)) return value.map((item) => poison(item, text, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, text, name)]));
}

/** What is left of Markdown when code spans are gone: only there may a stranger's text act. */
function outsideCode(markdown: string): string {
  return markdown.replace(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, '').replaceAll('&#8203;', '\u200b');
}

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</details><script>alert(1)</script>',
  '@everyone look at #1 and GH-2',
  '[click](https://evil.example) ![x](https://evil.example/x.png)',
  'https://evil.example www.evil.example',
  'a | b | c\n\n# heading\n- item',
  '`` ` ``` ',
  '<!-- signalbox-check -->',
  '\u202e\u0007\u001b[31m',
];

describe('the comment of a check', () => {
  for (const text of HOSTILE) {
    it(`disarms ${JSON.stringify(text)} wherever a stranger can write it`, () => {
      const markdown = checkMarkdown(poison(reportOf(), text) as CheckReport);
      const bare = outsideCode(markdown);
      assert.equal(bare.split('<!-- signalbox-check -->').length, 2);
      assert.doesNotMatch(bare, /<(?!\/?(?:details|summary|sub|br)>|!-- signalbox-check -->\n###)/);
      assert.doesNotMatch(bare, /@[a-z]|#\d|GH-\d|:\/\/|www\.|(?<!\\)\]\(/i);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(markdown, /[\u0000-\u0009\u000b-\u001f\u202e]/);
      assert.equal(bare.split('</details>').length, bare.split('<details>').length);
    });
  }

  it('keeps every row in its table, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const markdown = checkMarkdown(poison(reportOf(), text || 'x') as CheckReport);
        for (const line of markdown.split('\n').filter((each) => each.startsWith('|'))) assert.match(line, /\|$/);
        assert.equal(markdown.split('\n').filter((line) => line.startsWith('### ')).length, 1);
      }),
      { numRuns: 60 },
    );
  });

  it('stays below what GitHub takes, and says what is left out', () => {
    const long = reportOf({
      dryRun: { exitCode: 0, report: poison(dryRun, 'x'.repeat(9000)) as typeof dryRun, problem: null, findings: [] },
    });
    const markdown = checkMarkdown(long);
    assert.ok(markdown.length < 65_000, String(markdown.length));
    assert.match(markdown, /left out: too long for a comment/);
  });

  it('is made of a report that the schema allows, and of nothing else', async (t: Cleanup) => {
    const cases: readonly (readonly [string, unknown, RegExp | null])[] = [
      ['whole', reportOf(), null],
      ['not-json', '{', /is no JSON/],
      ['other', {}, /no report of signalbox check/],
      ['number', { ...reportOf(), pullRequest: { number: '7; rm', headSha: HEAD_SHA } }, /pullRequest/],
      ['sha', { ...reportOf(), pullRequest: { number: 7, headSha: 'main' } }, /headSha/],
      [
        'count',
        { ...reportOf(), tests: { ...reportOf().tests, report: { passed: '<b>', failed: 0, cases: [] } } },
        /tests/,
      ],
      [
        'money',
        {
          ...reportOf(),
          dryRun: { ...reportOf().dryRun, report: { ...dryRun, cost: { ...dryRun.cost, baseMicroUsd: '<b>' } } },
        },
        /dryRun/,
      ],
    ];
    const folder = makeTempDirectory(
      t,
      Object.fromEntries(
        cases.map(([name, value]) => [`${name}.json`, typeof value === 'string' ? value : JSON.stringify(value)]),
      ),
    );
    for (const [name, , problem] of cases) {
      const reading = readCheckReport(join(folder, `${name}.json`));
      if (problem === null) await reading;
      else await assert.rejects(reading, problem, name);
    }
  });
});

interface Comment {
  id: number;
  body: string;
  user: { type: string };
}

/** The part of GitHub's API that comments need, with the answers GitHub gives. */
async function startGithub(t: Cleanup, comments: Comment[], headSha = HEAD_SHA) {
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const url = new URL(request.url ?? '', 'http://x');
    calls.push(`${request.method} ${url.pathname}`);
    const answer = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== 'Bearer token')
      return answer(403, { message: 'Resource not accessible by integration' });
    if (url.pathname === '/repos/o/r/pulls/7') return answer(200, { number: 7, head: { sha: headSha } });
    const [, id] = /^\/repos\/o\/r\/issues\/comments\/(\d+)$/.exec(url.pathname) ?? [];
    const text = body === '' ? '' : JSON.parse(body).body;
    if (request.method === 'PATCH' && id !== undefined) {
      const found = comments.find((comment) => comment.id === Number(id));
      if (found === undefined) return answer(404, {});
      found.body = text;
      return answer(200, found);
    }
    if (url.pathname !== '/repos/o/r/issues/7/comments') return answer(404, {});
    if (request.method === 'POST') {
      comments.push({ id: comments.length + 1, body: text, user: { type: 'Bot' } });
      return answer(201, comments.at(-1));
    }
    const page = Number(url.searchParams.get('page'));
    return answer(200, comments.slice((page - 1) * 100, page * 100));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
  });
  const env = {
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_TOKEN: 'token',
  };
  return { env, calls };
}

describe('signalbox check comment --post', () => {
  const post = (
    t: Cleanup,
    report: CheckReport,
    env: Readonly<Record<string, string | undefined>>,
    ...more: string[]
  ) => {
    const cwd = makeTempDirectory(t, { 'check.json': JSON.stringify(report) });
    return runVerb(t, ['check', 'comment', 'check.json', '--post', ...more], { cwd, env });
  };

  it('posts one comment and updates it in place, past a hundred others and an impostor', async (t: Cleanup) => {
    const others = Array.from({ length: 120 }, (_, index) => ({
      id: index + 1,
      body: 'hello',
      user: { type: 'User' },
    }));
    const comments: Comment[] = [
      { id: 1000, body: '<!-- signalbox-check --> mine', user: { type: 'User' } },
      ...others,
    ];
    const { env } = await startGithub(t, comments);
    const first = await post(t, reportOf(), env);
    assert.deepEqual([first.code, first.stderr], [0, '']);
    assert.match(first.stdout, /was posted/);
    const own = comments.at(-1);
    assert.match(own?.body ?? '', /^<!-- signalbox-check -->\n### 🛑/);
    assert.match((await post(t, reportOf(), env)).stdout, /is as it was/);
    assert.match((await post(t, reportOf({ notes: ['Now this.'] }), env)).stdout, /updated in place/);
    assert.equal(comments.length, 122);
    assert.match(own?.body ?? '', /Now this\./);
    assert.equal(comments[0]?.body, '<!-- signalbox-check --> mine');
  });

  it('posts nothing on a pull request whose head is another commit than the run was about', async (t: Cleanup) => {
    const { env, calls } = await startGithub(t, []);
    const stale = await post(t, reportOf({ pullRequest: { number: 7, headSha: 'b'.repeat(40) } }), env);
    assert.deepEqual([stale.code, /Nothing was posted/.test(stale.stdout)], [0, true]);
    // The report lies about its head; the CI system does not.
    const liar = await post(t, reportOf(), env, '--head-sha', 'c'.repeat(40));
    assert.match(liar.stdout, /Nothing was posted/);
    assert.deepEqual(calls, ['GET /repos/o/r/pulls/7', 'GET /repos/o/r/pulls/7']);
  });

  it('says what is missing when it cannot post', async (t: Cleanup) => {
    const { env } = await startGithub(t, []);
    const refused = await post(t, reportOf(), { ...env, GITHUB_TOKEN: 'other' });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /answered with 403\n {2}.*pull-requests: write/);
    const nowhere = await post(t, reportOf(), {
      GITHUB_REPOSITORY: undefined,
      GITHUB_TOKEN: undefined,
      CI_PROJECT_ID: undefined,
    });
    assert.match(nowhere.stderr, /where to post is not known/);
    assert.match((await post(t, reportOf({ pullRequest: null }), env)).stderr, /of no pull request/);
  });
});
