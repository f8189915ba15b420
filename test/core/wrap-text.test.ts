import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textWidth, wrapText } from '../../src/core/index.ts';

describe('the columns of a terminal', () => {
  for (const [text, width] of [
    ['', 0],
    ['12.40 USD', 9],
    ['費用', 4],
    ['GPT の費用（月）', 16],
    ['e\u0301', 1],
  ] as const)
    it(`are ${width} for ${JSON.stringify(text)}`, () => assert.equal(textWidth(text), width));
});

describe('a text of more than one line', () => {
  const cases: readonly (readonly [what: string, text: string, columns: number, lines: readonly string[]])[] = [
    ['breaks at blanks', 'see who spends most', 10, ['see who', 'spends', 'most']],
    ['is as wide as the columns at most', 'abcd efgh', 9, ['abcd efgh']],
    [
      'keeps what has no place to break',
      'see organisation-wide-assistant now',
      10,
      ['see', 'organisation-wide-assistant', 'now'],
    ],
    ['breaks between wide characters', '費用が増えました', 8, ['費用が増', 'えました']],
    ['begins no line with a full stop', '費用が増。次へ', 8, ['費用が', '増。次へ']],
    ['begins no line with a small kana', 'あいうキャッシュ', 8, ['あいう', 'キャッ', 'シュ']],
    ['ends no line with an open bracket', 'あいう（月）', 8, ['あいう', '（月）']],
    ['breaks no Latin word among them', '費用は gpt-4o です', 10, ['費用は', 'gpt-4o で', 'す']],
    ['keeps blanks within a line', ' a  b\nc', 10, [' a  b c']],
    ['of nothing is one line', '', 10, ['']],
  ];
  for (const [what, text, columns, lines] of cases) it(what, () => assert.deepEqual(wrapText(text, columns), lines));
});
