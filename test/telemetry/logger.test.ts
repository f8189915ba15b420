import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openLogger } from '#telemetry';

function logged(isForPeople: boolean, level = 'info', hasColours = false) {
  const lines: string[] = [];
  return { lines, log: openLogger({ level, isForPeople, hasColours, write: (text) => lines.push(text) }) };
}

const KEY = 'sk-proj-abcdefghijklmnop0123456789';

describe('the log', () => {
  test('is one JSON object a line, with static text and values in fields', () => {
    const { lines, log } = logged(false);
    log.warn({ target: 'premium/gpt' }, 'a target is skipped');
    const { level, msg, target, time } = JSON.parse(lines[0] ?? '');
    assert.deepEqual({ level, msg, target }, { level: 40, msg: 'a target is skipped', target: 'premium/gpt' });
    assert.equal(typeof time, 'number');
    assert.ok(lines[0]?.endsWith('\n'));
  });

  const secrets: readonly (readonly [what: string, fields: object])[] = [
    ['a field named like a secret', { apiKey: 'very-private' }],
    ['a header below a field', { headers: { authorization: 'very-private', 'x-api-key': 'very-private' } }],
    ['a header with a hyphen', { 'x-goog-api-key': 'very-private' }],
    ['a header beside a list and a null', { targets: ['a'], none: null, headers: { cookie: 'very-private' } }],
    ['a field of an error', { err: Object.assign(new Error('refused'), { token: 'very-private' }) }],
    ['a key amid a text', { problem: `the provider said: ${KEY} is wrong` }],
    ['a key in the message of an error', { err: new Error(`401 for ${KEY}`) }],
    ['a bearer token', { note: 'sent Bearer very-private-token-000' }],
  ];
  for (const isForPeople of [false, true]) {
    for (const [what, fields] of secrets) {
      test(`${isForPeople ? 'for people' : 'as JSON'} never shows ${what}`, () => {
        const { log, lines } = logged(isForPeople);
        log.error(fields, 'something failed');
        const text = lines.join('');
        assert.ok(text.includes('something failed'));
        assert.ok(!text.includes(KEY) && !text.includes('very-private'), text);
      });
    }
  }

  test('keeps to its level, and takes a level nobody knows for info', () => {
    const quiet = logged(false, 'error');
    quiet.log.warn({}, 'not shown');
    assert.deepEqual(quiet.lines, []);
    const odd = logged(false, 'verbose');
    odd.log.debug({}, 'not shown');
    odd.log.info({}, 'shown');
    assert.equal(odd.lines.length, 1);
  });

  test('for people it is a short line, and foreign text cannot drive the terminal', () => {
    const { lines, log } = logged(true);
    log.error({ err: new Error('red \u001b[31malert\u0007'), path: 'a b', n: 3 }, 'it broke');
    const [first = ''] = lines;
    assert.match(first, /^\d\d:\d\d:\d\d error it broke err="red \\\\u001b\[31malert\\\\u0007" path="a b" n=3\n/);
    assert.ok(!first.includes('\u001b') && !first.includes('\u0007'));
  });

  test('for people it lists findings below, and opens objects', () => {
    const { lines, log } = logged(true);
    log.warn({ errors: 1, findings: ['a.yaml:1:2 schema/x `b` is not a\nkey'] }, 'policies refused');
    log.info({ audit: { by: 'loopback', what: {}, code: null, ids: { id: 'a b' } } }, 'the admin API was used');
    assert.deepEqual(
      lines.map((line) => line.slice(9)),
      [
        'warn  policies refused errors=1\n  a.yaml:1:2 schema/x `b` is not a\\nkey\n',
        'info  the admin API was used audit.by=loopback audit.ids.id="a b"\n',
      ],
    );
  });

  test('has colours only where asked for', () => {
    const { lines, log } = logged(true, 'info', true);
    log.warn({}, 'look');
    assert.ok(lines[0]?.includes('\u001b[33m'));
  });
});
