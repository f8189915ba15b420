import type { Check, Span } from '../check.ts';
import { inOrder, spansOf } from '../spans-of.ts';

const WORD = "[\\p{Lu}][\\p{L}'’-]{1,24}";
const NAME = `${WORD}(?: (?:van|von|de|der|da|di|del|la|le|bin|al|\\p{Lu}\\.?)){0,2}(?: ${WORD}){0,2}`;
const TITLED = new RegExp(
  `(?<![\\p{L}])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Madam|Herr|Frau|Monsieur|Madame|Señora?)\\.? (${NAME})`,
  'gu',
);
const SAID = new RegExp(
  `(?:[Mm]y name is|[Mm]y name's|I am called|[Nn]ame:|[Nn]amed|[Ss]igned,|[Ss]incerely,|[Rr]egards,|[Ii]ch heiße|[Jj]e m'appelle|[Mm]e llamo|[Mm]i chiamo)\\s{1,3}(${NAME})`,
  'gu',
);
const HONOURED = /[\p{sc=Han}\p{sc=Katakana}ー々]{2,8}(?= ?(?:さん|様|氏|君|ちゃん|先生|殿)(?!々|子))/gu;
const STATED =
  /(?<=(?:氏名|名前|お名前|担当者?|私は|代表)(?:は|:|：| ){1,2})[\p{sc=Han}\p{sc=Katakana}ー々]{1,5}[ 　]?[\p{sc=Han}\p{sc=Katakana}ー々]{1,5}/gu;
// What carries the same endings and is nobody's name.
const NOBODY =
  /(?:お客|皆|奥|王|神|貴社|各位|お父|お母|お子|仏|殿|担当者|店員|患者|弁護士|医師|同|両|学生|業者|社長|部長|課長|会長)$/u;

/** Names of people. */
export const personalName: Check = {
  name: 'personal-name',
  summary:
    'Names of people where the words beside them say so: after a title ("Dr. Jane Doe") or "my name is", and in Japanese before さん, 様, 氏, 先生 or after 氏名.',
  limits:
    'A name in running text needs a model of language: most are not found here. Use a remote check where names must not pass.',
  compile: () => ({
    kind: 'spans',
    label: 'NAME',
    reach: 140,
    find,
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Please call Dr. Jane Doe.' },
    miss: { kind: 'text', text: 'Please call a doctor.' },
  },
};

function find(text: string): readonly Span[] {
  const found = /[A-Z]/.test(text) ? [...spansOf(text, TITLED, nameIn), ...spansOf(text, SAID, nameIn)] : [];
  if (/[\u3040-\u9fff]/.test(text)) {
    found.push(...spansOf(text, HONOURED, ([name]) => !NOBODY.test(name)), ...spansOf(text, STATED));
  }
  return inOrder(found);
}

/** The name at the end of the match. */
function nameIn({ 0: all, 1: name = '', index }: RegExpExecArray): Span {
  return { start: index + all.length - name.length, end: index + all.length };
}
