import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';
import { foldText } from '../fold-text.ts';

/** Phrases that must be there. */
export const requiredPhrases: Check = {
  name: 'required-phrases',
  summary: 'Texts in which one of `phrases` is missing, without regard to case, width or white space.',
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: { phrases: ['not legal advice'] },
    hit: { kind: 'text', text: 'You should sue.' },
    miss: { kind: 'text', text: 'You could sue. This is Not  Legal advice.' },
  },
};

function compile({ phrases = [] }: CheckOptions): WholeCheck {
  if (phrases.length === 0) throw new CheckOptionError('phrases', 'expected at least one phrase');
  const wanted = phrases.map(plain);
  return {
    kind: 'whole',
    judge({ text }) {
      const given = plain(text);
      const missing = wanted.filter((phrase) => !given.includes(phrase)).length;
      return missing === 0 ? PASS : { kind: 'found', count: missing };
    },
  };
}

function plain(text: string): string {
  return foldText(text).text.replace(/\s+/g, ' ').trim();
}
