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
  const wanted = phrases.map(expressionOf);
  return {
    kind: 'whole',
    judge({ text }) {
      const given = foldText(text).text;
      const missing = wanted.filter((phrase) => !phrase.test(given)).length;
      return missing === 0 ? PASS : { kind: 'found', count: missing };
    },
  };
}

function expressionOf(phrase: string): RegExp {
  const words = foldText(phrase).text.split(/\s+/).filter(Boolean);
  return new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('\\s{1,64}'), 'u');
}
