import { DIGIT } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { CONTEXT_LENGTH } from '../context-words.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

const SAID =
  /(?:\bborn(?: on)?|\bdob\b|d\.o\.b\.?|\bbirth(?:day|date)?(?: is| was)?|date of birth(?: is| was)?|生年月日|誕生日|生まれ|出生日)[^\d\n]{0,16}$/i;
const DATE =
  /(?:(?:19|20)\d\d[-/.年 ] ?(?:0?[1-9]|1[0-2])[-/.月 ] ?(?:3[01]|[12]\d|0?[1-9])日?|(?:3[01]|[12]\d|0?[1-9])[-/. ](?:1[0-2]|0?[1-9]|[12]\d|3[01])[-/. ](?:(?:19|20)\d\d|\d\d)|(?:明治|大正|昭和|平成|令和|[MTSHR])\.?\d{1,2}[-/.年](?:0?[1-9]|1[0-2])[-/.月](?:3[01]|[12]\d|0?[1-9])日?|(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,? (?:19|20)\d\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? (?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,? (?:19|20)\d\d)(?!\d)/gi;
const HINT = /born|birth|\bdob\b|d\.o\.b|生年月日|誕生日|生まれ|生れ|出生日/i;
const AFTER = /^ ?(?:生まれ|生れ)/;

/** Days of birth. */
export const dateOfBirth: Check = {
  name: 'date-of-birth',
  summary: 'Dates that the words beside them call a day of birth, in English or Japanese, with Japanese eras too.',
  limits: 'A date without such words is not found.',
  compile: () => ({
    kind: 'spans',
    label: 'BIRTH_DATE',
    needs: DIGIT,
    reach: CONTEXT_LENGTH + 40,
    find: (text) => (HINT.test(text) ? spansOf(narrowText(text), DATE, isBirth) : []),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'She was born on 2 March 1984 in Oslo.' },
    miss: { kind: 'text', text: 'The invoice of 2 March 2024 is paid.' },
  },
};

function isBirth(match: RegExpExecArray, text: string): boolean {
  const end = match.index + match[0].length;
  if (/\d/.test(text[match.index - 1] ?? '')) return false;
  return (
    SAID.test(text.slice(Math.max(0, match.index - CONTEXT_LENGTH), match.index)) ||
    AFTER.test(text.slice(end, end + 5))
  );
}
