import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { compilePhrases } from '../phrases.ts';

/** Words and phrases that may not appear, whatever their case or width. */
export const denyWords: Check = {
  name: 'deny-words',
  summary: 'Words and phrases of a list, without regard to case, width or the white space between them.',
  limits: 'A word inside a longer one counts only in scripts that put no spaces between words.',
  compile,
  sample: {
    options: { words: ['Project Aurora'] },
    hit: { kind: 'text', text: 'The budget of project  aurora is due.' },
    miss: { kind: 'text', text: 'An aurora lights the sky.' },
  },
};

function compile({ words = [] }: CheckOptions): SpanCheck {
  return { kind: 'spans', label: 'WORD', ...compilePhrases('words', words, 'spaces') };
}
