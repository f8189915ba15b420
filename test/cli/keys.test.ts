import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { sha256 } from '#core';
import { formatPolicies } from '#policy';
import { addKey, setExpiry } from '../../src/cli/keys/edit-consumer.ts';
import { endDay } from '../../src/cli/keys/key-dates.ts';
import { stateOf } from '../../src/cli/keys/show-keys.ts';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const entry = {
  id: 'k9',
  sha256: 'ab'.repeat(32),
  createdAt: '2026-11-01',
  expiresAt: '2027-02-01',
  note: null,
  environments: null,
};
const head = 'apiVersion: signalbox/v1\nkind: Consumer\nmetadata: { name: shop }\n';
const added = `- id: k9\n      sha256: ${'ab'.repeat(32)}\n      createdAt: 2026-11-01\n      expiresAt: 2027-02-01\n`;

/** How a consumer may be written, and what is left of it around the new key. */
const layouts: readonly (readonly [name: string, text: string, expected: string | null])[] = [
  [
    'a list of keys',
    `${head}spec:\n  keys:\n    - id: k1 # of the shop\n      sha256: "00"\n  parent: null\n`,
    `${head}spec:\n  keys:\n    - id: k1 # of the shop\n      sha256: "00"\n    ${added}  parent: null\n`,
  ],
  [
    'a list that is not indented',
    `${head}spec:\n  keys:\n  - id: k1\n    sha256: "00"\n  # the end\n`,
    `${head}spec:\n  keys:\n  - id: k1\n    sha256: "00"\n  ${added.replaceAll('      ', '    ')}  # the end\n`,
  ],
  [
    'a comment below the last key',
    `${head}spec:\n  keys:\n    - id: k1\n      sha256: "00"\n    # no more than two\n  parent: null\n`,
    `${head}spec:\n  keys:\n    - id: k1\n      sha256: "00"\n    ${added}    # no more than two\n  parent: null\n`,
  ],
  [
    'an empty list',
    `${head}spec:\n  keys: [] # none yet\n  parent: null\n`,
    `${head}spec:\n  keys: # none yet\n    ${added}  parent: null\n`,
  ],
  [
    'a key without a value',
    `${head}spec:\n  keys:\n  parent: null\n`,
    `${head}spec:\n  keys:\n    ${added}  parent: null\n`,
  ],
  [
    'no list',
    `${head}spec:\n  parent: null # on its own\n`,
    `${head}spec:\n  keys:\n    ${added}  parent: null # on its own\n`,
  ],
  ['no spec', head, `${head}spec:\n  keys:\n    ${added}`],
  ['an empty spec', `${head}spec: {}\n`, null],
  ['a short form', `${head}spec: { parent: null }\n`, null],
  ['keys in short form', `${head}spec:\n  keys: [{ id: k1, sha256: "00" }]\n`, null],
  [
    'Windows line ends',
    `${head}spec:\n  parent: null\n`.replaceAll('\n', '\r\n'),
    `${head}spec:\n  parent: null\n  keys:\n    ${added}`.replaceAll('\n', '\r\n'),
  ],
  ['no line break at the end', `${head}spec:\n  parent: null`, `${head}spec:\n  parent: null\n  keys:\n    ${added}`],
];

describe('adding a key to a policy file', () => {
  for (const [name, text, expected] of layouts) {
    it(`keeps the layout of ${name}`, () => {
      const edited = addKey(text, 'shop', entry);
      assert.ok(edited !== null);
      if (expected !== null) assert.equal(edited, expected);
      assert.deepEqual(parse(edited).spec.keys.at(-1), {
        id: 'k9',
        sha256: entry.sha256,
        createdAt: '2026-11-01',
        expiresAt: '2027-02-01',
      });
      assert.equal(parse(edited).spec.keys.length, (parse(text).spec?.keys?.length ?? 0) + 1);
    });
  }

  it('changes only the consumer meant among several documents, and any order of them', () => {
    const other = head.replace('shop', 'other');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          layouts.map(([, text]) => text).filter((text) => !text.includes('\r')),
          { minLength: 1, maxLength: 1 },
        ),
        fc.boolean(),
        ([text = ''], isFirst) => {
          const rest = `${other}spec: { parent: null } # stays\n`;
          const ended = text.endsWith('\n') ? text : `${text}\n`;
          const whole = isFirst ? `${ended}---\n${rest}` : `${rest}---\n${ended}`;
          const edited = addKey(whole, 'shop', entry);
          assert.ok(edited !== null);
          assert.ok(edited.includes(rest));
          assert.equal(edited.match(/k9/g)?.length, 1);
        },
      ),
    );
  });

  it('keeps a canonical file canonical', () => {
    const canonical = formatPolicies(layouts[0]?.[1] ?? '', 'consumer.yaml');
    assert.ok(canonical.kind === 'formatted');
    const edited = formatPolicies(
      addKey(canonical.text, 'shop', { ...entry, note: 'CI: of "the" shop', environments: ['production', 'on'] }) ?? '',
      'consumer.yaml',
    );
    assert.ok(edited.kind === 'formatted');
    assert.equal(edited.changed, false);
  });

  it('leaves alone what it cannot be sure of', () => {
    assert.equal(addKey(`${head}spec: &spec\n  keys: *nowhere\n`, 'shop', entry), null);
    assert.equal(addKey('a: [', 'shop', entry), null);
    assert.equal(addKey(head, 'somebody', entry), null);
  });

  it('sets the end of one key, whether it has one or not', () => {
    const text = `${head}spec:\n  keys:\n    - { id: k1, sha256: "00", expiresAt: 2027-01-01 } # old\n    - id: k2\n      sha256: "11"\n`;
    const edited = setExpiry(setExpiry(text, 'shop', 'k1', '2026-12-01') ?? '', 'shop', 'k2', '2026-12-02');
    assert.equal(
      edited,
      `${head}spec:\n  keys:\n    - { id: k1, sha256: "00", expiresAt: 2026-12-01 } # old\n    - id: k2\n      sha256: "11"\n      expiresAt: 2026-12-02\n`,
    );
    assert.equal(setExpiry(text, 'shop', 'k3', '2026-12-01'), null);
  });
});

describe('dates of keys', () => {
  const nowMs = Date.parse('2026-11-25T16:00:00Z');

  it('end no sooner than was said', () => {
    assert.equal(endDay('--expires', '90d', nowMs), '2027-02-24');
    assert.equal(endDay('--expires', '1h', nowMs), '2026-11-26');
    assert.equal(endDay('--expires', '2027-01-01', nowMs), '2027-01-01');
  });

  it('are refused when they are past or none', () => {
    for (const text of ['2026-11-25', '2026-02-30', 'soon', '0d', '-1d']) {
      assert.throws(() => endDay('--expires', text, nowMs), { name: 'UsageError' }, text);
    }
  });

  it('tell how a key stands', () => {
    const key = { ...entry, line: 1 };
    const states = ['2026-11-25', '2026-11-26', '2026-12-10', null].map((expiresAt) =>
      stateOf({ ...key, expiresAt }, nowMs),
    );
    assert.deepEqual(states, ['expired', 'ending', 'valid', 'unlimited']);
  });
});

describe('signalbox keys', () => {
  const tree = { 'policies/shop.yaml': `# Ours.\n${head}spec:\n  parent: null # on its own\n` };

  it('prints the key once and alone, and writes only its digest', async (t) => {
    const cwd = makeTempDirectory(t, tree);
    const run = await runVerb(t, ['keys', 'create', 'shop', '--expires', '2099-01-01', '--note', 'CI'], { cwd });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^sbx_[A-Za-z0-9_-]{43}\n$/);
    assert.match(run.stderr, /policies\/shop\.yaml: key k1 of shop, until 2099-01-01/);
    const text = readFileSync(join(cwd, 'policies/shop.yaml'), 'utf8');
    assert.ok(text.startsWith('# Ours.\n') && text.includes('parent: null # on its own'));
    assert.ok(!`${text}${run.stderr}`.includes(run.stdout.trim()), 'the key itself is nowhere else');
    const [key] = parse(text).spec.keys;
    assert.deepEqual([key.id, key.sha256, key.note], ['k1', sha256(run.stdout.trim()), 'CI']);
    const hash = await runVerb(t, ['keys', 'hash', '-'], { cwd, stdin: run.stdout });
    assert.equal(hash.stdout, `${key.sha256}\n`);
  });

  it('rotates: a new key, and an end for the older ones', async (t) => {
    const cwd = makeTempDirectory(t, tree);
    await runVerb(t, ['keys', 'create', 'shop', '--expires', '2099-01-01'], { cwd });
    const run = await runVerb(t, ['keys', 'rotate', 'shop', '--grace', '2098-01-01', '--expires', '2099-06-01'], {
      cwd,
    });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /k1 ends on 2098-01-01/);
    const list = await runVerb(t, ['keys', 'list', '--format', 'json'], { cwd });
    const keys: { id: string; expiresAt: string; state: string }[] = JSON.parse(list.stdout).keys;
    assert.deepEqual(
      keys.map(({ id, expiresAt, state }) => [id, expiresAt, state]),
      [
        ['k1', '2098-01-01', 'valid'],
        ['k2', '2099-06-01', 'valid'],
      ],
    );
  });

  it('makes keys for an environment, and rotates those of one without touching the others', async (t) => {
    const environments = ['production', 'staging'].map((name) => [
      `policies/${name}.yaml`,
      `apiVersion: signalbox/v1\nkind: Environment\nmetadata: { name: ${name} }\n`,
    ]);
    const cwd = makeTempDirectory(t, { ...tree, ...Object.fromEntries(environments) });
    const keys = (...args: string[]) => runVerb(t, ['keys', ...args], { cwd });
    assert.match((await keys('create', 'shop', '--for', 'prodution')).stderr, /Did you mean production\?/);
    const made = await keys('create', 'shop', '--for', 'production', '--expires', '2099-01-01');
    assert.match(made.stderr, /key k1 of shop for production, until 2099-01-01/);
    await keys('create', 'shop', '--for', 'staging', 'production', '--expires', '2099-01-01');
    const unclear = await keys('rotate', 'shop');
    assert.equal(unclear.code, 2);
    assert.match(unclear.stderr, /for different environments/);
    const rotated = await keys('rotate', 'shop', '--for', 'production', '--grace', '2098-01-01');
    assert.match(rotated.stderr, /key k3 of shop for production.*\nk1 ends on 2098-01-01/);
    await keys('rotate', 'shop', '--key', 'k2', '--grace', '2098-01-01');
    const written = parse(readFileSync(join(cwd, 'policies/shop.yaml'), 'utf8')).spec.keys;
    assert.deepEqual(
      written.map((key: { id: string; environments: string[] }) => [key.id, key.environments]),
      [
        ['k1', ['production']],
        ['k2', ['staging', 'production']],
        ['k3', ['production']],
        ['k4', ['staging', 'production']],
      ],
    );
    assert.match((await keys('list')).stdout, /shop\/k4 .*for staging, production/);
  });

  it('prints the lines instead when asked to', async (t) => {
    const cwd = makeTempDirectory(t, tree);
    const run = await runVerb(t, ['keys', 'create', 'shop', '--print', '--id', 'ci'], { cwd });
    assert.match(run.stdout, /^sbx_\S+\n\n {4}- id: ci\n {6}sha256: /);
    assert.equal(readFileSync(join(cwd, 'policies/shop.yaml'), 'utf8'), tree['policies/shop.yaml']);
  });

  it('ends with 2 when it cannot', async (t) => {
    const cwd = makeTempDirectory(t, tree);
    const cases: readonly (readonly [string, RegExp])[] = [
      ['keys create shpo', /no consumer "shpo"\n {2}Did you mean shop\?/],
      ['keys create shop --expires yesterday', /--expires is a duration such as 90d/],
      ['keys rotate shop --key k7', /no key "k7"/],
      ['keys hash sk-123', /this is no consumer key/],
      ['keys crate shop', /unknown command|unknown/],
    ];
    for (const [args, message] of cases) {
      const run = await runVerb(t, args.split(' '), { cwd });
      assert.equal(run.code, 2, args);
      assert.match(run.stderr, message);
    }
  });
});
