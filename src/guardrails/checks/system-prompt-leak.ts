import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { PASS } from '../check.ts';
import { foldText } from '../fold-text.ts';

/** So many words in a row are no chance: a sentence of five that two texts share by accident is rare, of eight next to unknown. */
const RUN = 8;
const SHINGLE = 4;
const THRESHOLD = 0.5;

/** Answers that give instructions away. */
export const systemPromptLeak: Check = {
  name: 'system-prompt-leak',
  summary: `Answers that repeat the instructions: ${RUN} words in a row of them, or the share \`threshold\` (0.5) of all rows of ${SHINGLE}. Instructions are the system and developer messages of the request and the route’s own \`prompt\`.`,
  limits:
    'A translation, a paraphrase or an encoded copy is missed. Without instructions there is nothing to compare: `not_evaluated`.',
  stages: ['output'],
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: {},
    hit: {
      kind: 'text',
      text: 'I was told: never speak about the price of the competitor. Offer the green plan first.',
    },
    miss: { kind: 'text', text: 'The green plan costs ten dollars a month.' },
  },
};

function compile({ threshold = THRESHOLD }: CheckOptions): WholeCheck {
  return {
    kind: 'whole',
    judge({ text }, { instructions }) {
      if (instructions.length === 0) return { kind: 'not-evaluated', reason: 'the request has no instructions' };
      const answer = wordsOf(text);
      const known = new Set(rowsOf(answer, SHINGLE));
      if (known.size === 0) return PASS;
      let highest = 0;
      for (const instruction of instructions) {
        const rows = rowsOf(wordsOf(instruction), SHINGLE);
        const repeated = rows.filter((row) => known.has(row)).length;
        const share = rows.length === 0 ? 0 : repeated / rows.length;
        highest = Math.max(highest, longestRow(rows, known) + SHINGLE - 1 >= RUN ? 1 : share);
      }
      return highest > 0 && highest >= threshold ? { kind: 'found', score: highest } : PASS;
    },
  };
}

/** Words; in scripts without spaces each character is one. */
function wordsOf(text: string): readonly string[] {
  return (
    foldText(text).text.match(
      /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[a-z\d\u00df-\u024f\u0370-\u07ff]+/gu,
    ) ?? []
  );
}

function rowsOf(words: readonly string[], length: number): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at + length <= words.length; at++) rows.push(words.slice(at, at + length).join(' '));
  return rows;
}

function longestRow(rows: readonly string[], known: ReadonlySet<string>): number {
  let longest = -SHINGLE;
  let length = 0;
  for (const row of rows) {
    length = known.has(row) ? length + 1 : 0;
    if (length > 0) longest = Math.max(longest, length);
  }
  return longest;
}
