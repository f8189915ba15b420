import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fillTemplate, makeTemplate, wholeNumber } from '../../src/replay/number-templates.ts';
import { parseTime } from '../../src/replay/record-time.ts';

const NUMBERS = fc.oneof(
  fc.constantFrom(0, -0, 1, 0.1, 1e21, 1e-7, 5e-324, 123456789012345, 1234567890123456, 0.836865735),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.nat(100),
);

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    NUMBERS,
    fc.constantFrom('', 'a', '"', '\\\\', '1', ',"a":2', 'ü', null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c:d', '__proto__', '2', '1', '1a', ''), tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** The same value with other numbers. */
function renumbered(value: unknown, next: () => number): unknown {
  if (typeof value === 'number') return next();
  if (Array.isArray(value)) return value.map((each) => renumbered(each, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, renumbered(each, next)]));
}

/** As JSON keeps it: -0 has a sign in text only. */
function textOf(value: unknown): string {
  return JSON.stringify(value);
}

describe('a template of a JSON text', () => {
  it('reads texts that differ in numbers only as the full parser does, and no others', () => {
    fc.assert(
      fc.property(values, fc.array(NUMBERS, { minLength: 8, maxLength: 8 }), values, (value, others, stranger) => {
        const template = makeTemplate<unknown>(textOf(value), 0, () => true);
        if (template === null) return;
        let used = 0;
        const other = textOf(renumbered(value, () => others[used++ % others.length] ?? 0));
        const text = `lead ${other},"next":1`;
        const fits = fillTemplate(template, text, 5);
        if (template.places.length > 0) {
          assert.ok(fits && template.endsAt === 5 + other.length);
          assert.deepEqual(template.value, JSON.parse(other));
        }
        const before = textOf(template.value);
        const foreign = textOf(stranger);
        if (!fillTemplate(template, foreign, 0)) assert.equal(textOf(template.value), before);
        else if (template.endsAt === foreign.length) assert.equal(textOf(template.value), foreign);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses numbers that JSON does not know', () => {
    const template = makeTemplate('{"a":1,"b":2}', 0, () => true);
    assert.ok(template !== null);
    for (const number of ['01', '1.', '.5', '+1', '-', '', 'x', '1e', '00', '0x1', '--1', '1.5.2', 'null', '"1"']) {
      assert.equal(fillTemplate(template, `{"a":${number},"b":2}`, 0), false, number);
      assert.equal(fillTemplate(template, `{"a":1,"b":${number}}`, 0), false, number);
    }
    assert.equal(fillTemplate(template, '{"a":1,"b":3', 0), false);
    assert.equal(fillTemplate(template, '{"a":', 0), false);
  });

  it('is made only where keys keep their order', () => {
    const any = (text: string) => makeTemplate(text, 0, () => true);
    for (const text of ['{"2":0,"1":0}', '{"a":1,"a":2}', '{"a":1,"b":2,"a":{"c":3}}', '{"__proto__":1}'])
      assert.equal(any(text), null, text);
    assert.throws(() => any('{"a":1'), SyntaxError);
  });

  it('keeps numbers that are not free, and asks for no lead', () => {
    const template = makeTemplate<{ a: number; b: number }>('{"a":1,"b":2}', 7, ([key]) => key === 'b');
    assert.ok(template !== null);
    assert.ok(fillTemplate(template, '"b":7}', 0) && template.endsAt === 6);
    assert.deepEqual(template.value, { a: 1, b: 7 });
  });
});

describe('figures of a line', () => {
  it('that are whole numbers are read by their digits', () => {
    assert.equal(wholeNumber('x120,', 1, 4), 120);
    for (const text of ['', '-1', '1.5', '1e3', 'null', '1234567890123456'])
      assert.throws(() => wholeNumber(text, 0, text.length), SyntaxError);
  });

  it('that are times are read as the language reads them', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => assert.equal(parseTime(date.toISOString()), date.getTime()),
      ),
    );
    const odd = ['', 'x', '2026-13-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-01-01T24:00:00.000Z'];
    const more = ['2026-01-01T00:00:60.000Z', '2026-01-01 00:00:00.000Z', '2026-01-01T00:00:00.00xZ', '2026-01-01'];
    for (const at of [...odd, ...more, '2026-01-01T00:00:00.000+09', '2026-01-0:T00:00:00.000Z'])
      assert.equal(parseTime(at), Date.parse(at), at);
  });
});
