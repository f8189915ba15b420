import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openLogger } from '#telemetry';

function logged(isForPeople: boolean, level = 'info', hasColours = false) {
  const lines: string[] = [];
  return { lines, log: openLogger({ level, isForPeople, hasColours, write: (text) => lines.push(text) }) };
}

describe('the log', () => {
  test('is one JSON object a line, with static text and values in fields', () => {
    const { lines, log } = logged(false);
    log.warn({ target: 'premium/gpt' }, 'a target is skipped');
    const { level, msg, target, time } = JSON.parse(lines[0] ?? '');
    assert.deepEqual({ level, msg, target }, { level: 40, msg: 'a target is skipped', target: 'premium/gpt' });
    assert.equal(typeof time, 'number');
    assert.ok(lines[0]?.endsWith('\n'));
  });

  test('cuts out fields with the names of secrets, also one level down', () => {
    const { lines, log } = logged(false);
    log.info({ apiKey: 'sk-secret', headers: { authorization: 'Bearer sk-secret', accept: 'x' } }, 'a call');
    assert.ok(!lines.join('').includes('sk-secret'));
    assert.ok(lines.join('').includes('"accept":"x"'));
  });

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

  test('has colours only where asked for', () => {
    const { lines, log } = logged(true, 'info', true);
    log.warn({}, 'look');
    assert.ok(lines[0]?.includes('\u001b[33m'));
  });
});
