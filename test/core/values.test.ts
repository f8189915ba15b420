import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalJson,
  compileGlob,
  createChannel,
  digestOf,
  fitsGlob,
  formatDuration,
  formatMoney,
  formatUsd,
  parseBytes,
  parseDuration,
  parseMoney,
  parseShare,
  requestId,
} from '#core';

describe('money', () => {
  const cases: readonly [string, number | null][] = [
    ['1000 USD', 1_000_000_000],
    ['0.00159 USD', 1590],
    ['0.000001 USD', 1],
    ['0.0000001 USD', null],
    ['12.40 USD', 12_400_000],
    ['1000', null],
    ['-1 USD', null],
    ['1e3 USD', null],
    ['9999999999999 USD', null],
  ];
  for (const [text, micro] of cases) {
    test(`${text} is ${micro}`, () => assert.equal(parseMoney(text), micro));
  }
  test('what is formatted parses back to the same amount', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (micro) => {
        assert.equal(parseMoney(`${formatUsd(micro)} USD`), micro);
        assert.equal(parseMoney(formatMoney(micro)), micro);
      }),
    );
  });
  test('people read at least cents and no trailing zeros beyond', () => {
    assert.equal(formatMoney(12_400_000), '12.40 USD');
    assert.equal(formatMoney(1590), '0.00159 USD');
    assert.equal(formatUsd(-1590), '-0.001590');
  });
});

describe('quantities', () => {
  test('durations carry units', () => {
    const texts = ['500ms', '30s', '5m', '2h', '7d', '2w', '30', '1 s', '-1s'];
    assert.deepEqual(texts.map(parseDuration), [
      500,
      30_000,
      300_000,
      7_200_000,
      604_800_000,
      1_209_600_000,
      null,
      null,
      null,
    ]);
  });
  test('a formatted duration parses back', () => {
    fc.assert(fc.property(fc.nat(), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)));
  });
  test('shares are percents, sizes are binary', () => {
    assert.deepEqual(['80%', '99.9%', '0.8', '%'].map(parseShare), [0.8, 0.999, null, null]);
    assert.deepEqual(['64KiB', '1MiB', '512B', '64KB'].map(parseBytes), [65_536, 1_048_576, 512, null]);
  });
});

describe('globs', () => {
  const fits: readonly [string, string, boolean][] = [
    ['gpt-4*', 'gpt-4o', true],
    ['gpt-4*', 'gpt-3', false],
    ['*', '', true],
    ['*', 'anything/at all', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
    ['*mini', 'gpt-4o-mini', true],
  ];
  for (const [pattern, text, expected] of fits) {
    test(`${pattern} ${expected ? 'fits' : 'does not fit'} ${text}`, () =>
      assert.equal(fitsGlob(compileGlob(pattern), text), expected));
  }
  test('agrees with the regular expression that means the same', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(letters, text, (pattern, candidate) => {
        const same = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(candidate);
        assert.equal(fitsGlob(compileGlob(pattern), candidate), same);
      }),
    );
  });
});

describe('canonical JSON', () => {
  test('is JSON of the same value with sorted keys', () => {
    assert.equal(canonicalJson({ b: [1, { d: null, c: 'é' }], a: undefined }), '{"b":[1,{"c":"é","d":null}]}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value))),
      ),
    );
  });
  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        assert.equal(digestOf(reversed), digestOf(object));
      }),
    );
  });
});

describe('request ids', () => {
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  test('sort by time and keep their form', () => {
    assert.match(requestId(1_764_000_000_000, uuid), /^req_[0-9a-z]{22}$/);
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 45 }), fc.nat({ max: 2 ** 45 }), (a, b) => {
        assert.equal(requestId(a, uuid) < requestId(b, uuid), a < b);
      }),
    );
  });
});

describe('channels', () => {
  test('a throwing subscriber is counted and stops nobody', () => {
    const channel = createChannel<number>('test');
    const seen: number[] = [];
    channel.subscribe(() => {
      throw new Error('broken subscriber');
    });
    const leave = channel.subscribe((value) => seen.push(value));
    channel.publish(1);
    leave();
    channel.publish(2);
    assert.deepEqual(seen, [1]);
    assert.equal(channel.failures(), 2);
  });
});
