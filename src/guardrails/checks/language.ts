import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';
import { TOLD_LANGUAGES, tellLanguage } from '../tell-language.ts';

/** Which languages may be written. */
export const language: Check = {
  name: 'language',
  summary: `Texts in another language than those in \`languages\`: by script, and by the small words of languages in Latin script. Known are ${TOLD_LANGUAGES.join(', ')}.`,
  limits:
    'The language of most of the text counts. What is too short to say, or in none of these languages, is `not_evaluated`, not a finding.',
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: { languages: ['en', 'ja'] },
    hit: { kind: 'text', text: 'Wie kann ich die Adresse auf meiner Rechnung ändern?' },
    miss: { kind: 'text', text: 'How can I change the address on my bill?' },
  },
};

function compile({ languages = [] }: CheckOptions): WholeCheck {
  if (languages.length === 0) throw new CheckOptionError('languages', 'expected at least one language');
  const unknown = languages.find((each) => !TOLD_LANGUAGES.includes(each));
  if (unknown !== undefined)
    throw new CheckOptionError('languages', `${unknown} is none of ${TOLD_LANGUAGES.join(', ')}`);
  const allowed = new Set(languages);
  return {
    kind: 'whole',
    judge({ text }) {
      const told = tellLanguage(text);
      if (told === null) return { kind: 'not-evaluated', reason: 'the language cannot be told' };
      return allowed.has(told) ? PASS : { kind: 'found' };
    },
  };
}
