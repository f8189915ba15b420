import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

/** Each is exit code 2, with a first line that names the mistake and a second one that says what to do. */
const MISTAKES: readonly (readonly [args: string, says: RegExp, hint: RegExp])[] = [
  ['lnt --help', /unknown command 'lnt'/, /Did you mean lint/],
  ['test --env nowhere', /no environment "nowhere"/, /development, production/],
  ['usage --format x', /no format "x"/, /markdown, csv/],
  ['usage --format cvs', /no format "cvs"/, /Did you mean csv/],
  ['usage --url nonsense', /--url is no address of a gateway: nonsense/, /http:\/\/127/],
  ['status --url ftp://127.0.0.1', /--url is no address of a gateway/, /http:\/\/127/],
  ['graph nope', /no route "nope"/, /default, returns/],
  [
    'dry-run --base policies --workers 1 --traffic notes.md',
    /no line of notes\.md is a record/,
    /traffic stats notes\.md/,
  ],
  ['dry-run --base policies --traffic notes.md --env nowhere', /no environment `nowhere`/, /development, production/],
  ['dry-run merge notes.md', /notes\.md cannot be read: it is no JSON/, /--shard/],
  ['dry-run merge gone.json', /gone\.json cannot be read: it does not exist/, /--shard/],
  ['dry-run --base policies --traffic notes.md --lock gone', /gone cannot be read: it does not exist/, /--update/],
  ['cache tune --pairs gone', /gone cannot be read: it does not exist/, /^/],
  ['cache warm policies', /policies cannot be read: it is a folder/, /^/],
];

describe('a mistake on the command line', () => {
  it('is named, with what to do', async (t) => {
    const cwd = makeTempDirectory(t, { ...shop, 'notes.md': 'not a recording\n' });
    for (const [args, says, hint] of MISTAKES) {
      const { code, stdout, stderr } = await runVerb(t, args.split(' '), { cwd });
      assert.deepEqual([code, stdout], [2, ''], `${args}: ${stderr}`);
      const [first = '', ...rest] = stderr.split('\n');
      assert.match(first, says, args);
      assert.match(rest.join('\n'), hint, args);
      assert.doesNotMatch(stderr, /ENOENT|\n +at /, args);
    }
  });

  it('in a variable is told before anything starts', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const { code, stderr } = await runVerb(t, ['serve'], { cwd, env: { SIGNALBOX_LOG_LEVEL: 'loud' } });
    assert.equal(code, 2);
    assert.match(stderr, /^signalbox: SIGNALBOX_LOG_LEVEL is trace, .*, not "loud"\n$/);
  });
});
