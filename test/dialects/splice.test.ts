import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { spliceTopLevel } from '#dialects';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

describe('splicing', () => {
  const cases: readonly [string, string, Record<string, unknown>, string][] = [
    ['sets a value in place', '{ "model" : "a" ,"n":1.0 }', { model: 'b' }, '{ "model" : "b" ,"n":1.0 }'],
    [
      'leaves nested keys of that name alone',
      '{"x":{"model":"a"},"model":"a"}',
      { model: 'b' },
      '{"x":{"model":"a"},"model":"b"}',
    ],
    ['adds behind the last key', '{"a":1 }', { b: [2] }, '{"a":1 ,"b":[2]}'],
    ['adds to an empty object', ' { } ', { a: 1 }, ' {"a":1} '],
    ['removes the first key', '{"a":1, "b":2}', { a: undefined }, '{ "b":2}'],
    ['removes the last key', '{"a":1, "b":2}', { b: undefined }, '{"a":1}'],
    ['removes the only key', '{"a":1}', { a: undefined }, '{}'],
    ['removes and adds', '{"a":1}', { a: undefined, b: 2 }, '{"b":2}'],
    ['ignores the removal of what is not there', '{"a":1}', { b: undefined }, '{"a":1}'],
    [
      'is not misled by brackets and quotes in strings',
      '{"a":"}\\"]\\\\","m":[{"k":"\\\\"}]}',
      { m: 0 },
      '{"a":"}\\"]\\\\","m":0}',
    ],
    [
      'keeps figures that JSON.parse would round',
      '{"seed":12345678901234567890,"m":1}',
      { m: 2 },
      '{"seed":12345678901234567890,"m":2}',
    ],
    ['leaves one of two equal keys: the last, as JSON.parse does', '{"model":"a","model":"b"}', {}, '{"model":"b"}'],
    ['sets one of two equal keys', '{"model":"a","n":1,"model":"b"}', { model: 'c' }, '{"model":"c","n":1}'],
    ['knows a key behind its escapes', '{"mod\\u0065l":"a"}', { model: 'c' }, '{"model":"c"}'],
    ['unmasks an escaped double', '{"model":"a","mod\\u0065l":"b"}', {}, '{"model":"b"}'],
    ['keeps a key named __proto__', '{"__proto__":1,"a":2,"a":3}', { a: 4 }, '{"__proto__":1,"a":4}'],
  ];
  for (const [name, input, edits, expected] of cases) {
    test(name, () => assert.equal(decoder.decode(spliceTopLevel(encoder.encode(input), edits)), expected));
  }
  for (const input of ['[]', 'null', '{"a":1', '{"a" 1}', '', 'x']) {
    test(`refuses ${JSON.stringify(input)}`, () => {
      assert.throws(() => spliceTopLevel(encoder.encode(input), { a: 1 }), SyntaxError);
    });
  }
});

const key = fc.oneof(fc.constantFrom('model', 'stream', 'a"b', '日本', '', '__proto__'), fc.string({ maxLength: 4 }));
const member = fc.tuple(key, fc.jsonValue(), fc.constantFrom('', ' ', '\n\t'), fc.boolean());
const edits = fc.dictionary(key, fc.option(fc.jsonValue(), { nil: undefined }), { maxKeys: 4 });

test('any edit of any object parses to the edited object, duplicates and escapes included', () => {
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), edits, (members, changes) => {
      const text = `{${members.map(([name, value, space, escaped]) => `${space}${spell(name, escaped)}${space}:${space}${JSON.stringify(value)}${space}`).join(',')}}`;
      const expected = new Map<string, unknown>(Object.entries(JSON.parse(text)));
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) expected.delete(name);
        else expected.set(name, JSON.parse(JSON.stringify(value)));
      }
      const actual: Record<string, unknown> = JSON.parse(decoder.decode(spliceTopLevel(encoder.encode(text), changes)));
      assert.deepEqual(new Map([...Object.entries(actual)].sort(byKey)), new Map([...expected].sort(byKey)));
    }),
    { numRuns: 1000 },
  );
});

test('without edits an object with distinct plain keys comes back byte for byte', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{0,5}$/), fc.jsonValue()),
      fc.nat({ max: 3 }),
      (object, indent) => {
        const bytes = encoder.encode(JSON.stringify(object, null, indent));
        assert.deepEqual(spliceTopLevel(bytes, {}), bytes);
      },
    ),
  );
});

function spell(name: string, escaped: boolean): string {
  if (!escaped) return JSON.stringify(name);
  return `"${[...Array(name.length).keys()].map((at) => `\\u${name.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
