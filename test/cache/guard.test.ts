import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { numbersOf } from '../../src/cache/guard/numbers.ts';
import { facetsOf, findDifference } from '../../src/cache/index.ts';

const ALL = ['numbers', 'negation', 'names', 'units', 'language'] as const;
const differ = (a: string, b: string, checks: readonly (typeof ALL)[number][] = ALL) =>
  findDifference(facetsOf(a), facetsOf(b), checks);
const misses = readFileSync(join(import.meta.dirname, 'near-misses.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t') as [string, string, string]);

describe('the guard of the semantic cache', () => {
  it('lets none of 300 and more hand-made near misses pass, in either order', () => {
    assert.ok(misses.length >= 300, `${misses.length} pairs`);
    assert.ok(misses.filter(([, a]) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(a)).length >= 100, 'a third is Japanese');
    const passed = misses.filter(([, a, b]) => differ(a, b) === null || differ(b, a) === null);
    assert.deepEqual(passed, []);
  });

  it('each check finds its own kind where it is the only one', () => {
    const only = (kind: string, check: (typeof ALL)[number]) => {
      const pairs = misses.filter(([each]) => each === kind);
      return pairs.filter(([, a, b]) => differ(a, b, [check]) !== null).length / pairs.length;
    };
    assert.ok(only('number', 'numbers') >= 0.95, `numbers ${only('number', 'numbers')}`);
    assert.ok(only('date', 'numbers') >= 0.9, `dates ${only('date', 'numbers')}`);
    assert.ok(only('unit', 'units') >= 0.85, `units ${only('unit', 'units')}`);
    assert.ok(only('negation', 'negation') >= 0.9, `negation ${only('negation', 'negation')}`);
    assert.ok(only('name', 'names') >= 0.98, `names ${only('name', 'names')}`);
    assert.equal(only('language', 'language'), 1);
  });

  it('lets paraphrases pass that differ in nothing it looks at', () => {
    for (const [a, b] of [
      ['How do I return an item?', 'How can I return an item?'],
      ['What is the capital of France?', 'Please tell me the capital of France'],
      ['Can I get a refund for my order?', 'can i get a refund for my orders'],
      ['Is there a 5 dollar fee?', 'Is there a $5 fee?'],
      ['Are 1,000 users supported?', 'Are 1000 users supported?'],
      ['How do I track my two parcels?', 'How do I track my 2 parcels?'],
      ['返品の方法を教えてください', '返品の方法は'],
      ['１０００円の商品はありますか', '1000円の商品はありますか'],
      ['東京の天気は', '東京の天気を教えて'],
    ] as const) {
      assert.equal(differ(a, b), null, `${a} | ${b}`);
    }
  });

  it('reads numbers whatever they are written in', () => {
    for (const [text, numbers] of [
      ['twenty-five and 3', ['25', '3']],
      ['1,000.50 and 2', ['1000.5', '2']],
      ['two hundred', ['200']],
      ['version 1.2.3', ['1.2.3']],
      ['二十三と1万5千円', ['23', '15000']],
      ['3億', ['300000000']],
      ['which one is it', []],
      ['半年', ['0.5']],
    ] as const) {
      assert.deepEqual(numbersOf(text), numbers, text);
    }
  });
});
