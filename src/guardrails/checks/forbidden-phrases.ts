import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { compilePhrases } from '../phrases.ts';

/** Phrases that may not be said, whatever stands between their words. */
export const forbiddenPhrases: Check = {
  name: 'forbidden-phrases',
  summary:
    'Phrases of a list, without regard to case, width, and to punctuation and white space between their words (up to 8 characters).',
  limits: 'A word that is split by signs ("gua-ran-teed") is another word.',
  compile,
  sample: {
    options: { phrases: ['guaranteed returns'] },
    hit: { kind: 'text', text: 'We offer Guaranteed – "returns" of ten percent.' },
    miss: { kind: 'text', text: 'Returns are not guaranteed.' },
  },
};

function compile({ phrases = [] }: CheckOptions): SpanCheck {
  return { kind: 'spans', label: 'PHRASE', ...compilePhrases('phrases', phrases, 'anything') };
}
