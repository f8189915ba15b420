import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHECKS, type CheckOptions, type Verdict } from '#guardrails';
import { compiledOf } from '../support/run-check.ts';

/** Check, options, text, and what it comes to: a verdict's kind, or the text that takes the answer's place. */
type Case = readonly [check: string, options: CheckOptions, text: string, expected: string];

const SCHEMA = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, tag: { type: 'string', pattern: '^(a+)+$', default: 'a' } },
  additionalProperties: false,
};

const CASES: readonly Case[] = [
  ['json-schema', { schema: SCHEMA }, '{"id": 1}', 'pass'],
  ['json-schema', { schema: SCHEMA }, '{"id": 1, "more": 2}', 'found'],
  ['json-schema', { schema: SCHEMA }, 'no JSON', 'found'],
  ['json-schema', { schema: SCHEMA }, `{"id": 1, "tag": "${'a'.repeat(5000)}!"}`, 'found'],
  ['json-schema', { schema: SCHEMA, repair: true }, 'Here it is:\n```json\n{"id": "7"}\n```', '{"id":7,"tag":"a"}'],
  ['json-schema', { schema: SCHEMA, repair: true }, '{"id": 7, "tag": "aa",}', '{"id":7,"tag":"aa"}'],
  ['json-schema', { schema: SCHEMA, repair: true }, '{"id": 7, "tag": "aa', '{"id":7,"tag":"aa"}'],
  ['json-schema', { schema: SCHEMA, repair: true }, '{"id": "seven"}', 'found'],
  ['json-valid', { repair: true }, 'Sure! [1, 2, [3] and more', 'found'],
  ['json-valid', { repair: true }, '[1, 2, [3, ', '[1, 2, [3]]'],
  ['word-count', { max: 4 }, 'one two-three four’s five', 'pass'],
  ['word-count', { max: 4 }, '返品の方法', 'found'],
  ['word-count', { min: 3 }, 'too few', 'found'],
  ['sentence-count', { max: 2 }, 'Is it 3.5? Yes, e.g. for Dr. Doe.', 'pass'],
  ['sentence-count', { max: 2 }, '一つ。二つ。三つ。', 'found'],
  ['sentence-count', { max: 1 }, 'A title\n\nand a line', 'found'],
  ['language', { languages: ['ja'] }, 'カードの住所を変えたいです', 'pass'],
  ['language', { languages: ['ja'] }, '我想更改我的地址', 'found'],
  ['language', { languages: ['en'] }, 'Je voudrais changer mon adresse, est-ce possible ?', 'found'],
  ['language', { languages: ['fr'] }, 'Je voudrais changer mon adresse, est-ce possible ?', 'pass'],
  ['language', { languages: ['ru'] }, 'Как мне изменить адрес?', 'pass'],
  ['language', { languages: ['en'] }, 'OK 42', 'not-evaluated'],
  ['code', {}, 'Run this:\n```\nls\n```', 'found'],
  ['code', {}, 'def f(x):\n    return x + 1\n', 'found'],
  ['code', {}, 'Dear team,\nthank you for the report.\nIf you agree, we start on Monday.', 'pass'],
];

describe('texts that checks judge', () => {
  for (const [name, options, text, expected] of CASES) {
    it(`${name} ${JSON.stringify(options).slice(0, 40)}: ${JSON.stringify(text).slice(0, 60)} comes to ${expected}`, () => {
      const check = CHECKS.get(name);
      assert.ok(check !== undefined);
      const [compiled] = compiledOf(check, options);
      assert.ok(compiled?.kind === 'whole');
      const subject = { stage: 'output' as const, text, texts: [text] };
      assert.equal(outcomeOf(compiled.judge(subject, { stage: 'output', instructions: [] })), expected);
    });
  }
});

describe('calls of tools', () => {
  const judge = (options: CheckOptions, name: string, value: unknown) => {
    const [compiled] = compiledOf(CHECKS.get('tool-arguments') as NonNullable<ReturnType<typeof CHECKS.get>>, options);
    assert.ok(compiled?.kind === 'tool-call');
    const context = { stage: 'output' as const, instructions: [] };
    return compiled.judge({ name, arguments: value, text: JSON.stringify(value) ?? '{' }, context).kind;
  };

  it('are held to words and expressions, however deep the text is', () => {
    const options = { words: ['prod'], pattern: '(?i)drop\\s+table' };
    assert.equal(judge(options, 'run', { steps: [{ sql: 'DROP  TABLE a' }] }), 'found');
    assert.equal(judge(options, 'run', { where: { prod: true } }), 'found');
    assert.equal(judge(options, 'run', { steps: [{ sql: 'select 1' }] }), 'pass');
  });

  it('of other tools are nobody’s business, and arguments that are no JSON are refused', () => {
    const options = { tools: ['pay-*'], schema: { type: 'object', required: ['amount'] } };
    assert.equal(judge(options, 'look', {}), 'pass');
    assert.equal(judge(options, 'pay-all', {}), 'found');
    assert.equal(judge(options, 'pay-all', undefined), 'found');
  });
});

function outcomeOf(verdict: Verdict): string {
  return verdict.kind === 'found' ? (verdict.replacement ?? 'found') : verdict.kind;
}
