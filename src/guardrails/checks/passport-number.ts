import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { contextNumber } from '../context-number.ts';

const SAID = /passport|passnummer|reisepass|pasaporte|passaporto|passeport|旅券|パスポート|travel document/i;
/** ICAO Doc 9303 leaves the form to the states; these are theirs (read 2026-11). */
const FORMS: Readonly<Record<string, string>> = {
  DE: '[CFGHJK][\\dCFGHJ-NPRTV-Z]{8}\\d?',
  ES: '[A-Z]{2,3}\\d{6}',
  FR: '\\d{2}[A-Z]{2}\\d{5}',
  GB: '(?:\\d{9}|[A-Z]{2}\\d{7})',
  IN: '[A-PR-WY][1-9]\\d{6}',
  IT: '[A-Z]{2}\\d{7}',
  JP: '[A-Z]{2}\\d{7}',
  KR: '[MSRODG]\\d{3}[A-Z\\d]\\d{4}',
  US: '(?:[A-Z]\\d{8}|\\d{9})',
};

/** Numbers of passports. */
export const passportNumber: Check = {
  name: 'passport-number',
  summary: `Numbers of passports after words as "passport" or "旅券", in the forms of the countries in \`regions\`: ${Object.keys(FORMS).join(', ')}. Absent: all of them.`,
  limits: 'A number without such a word before it is not found: the forms are those of many other numbers.',
  compile,
  sample: {
    options: { regions: ['JP'] },
    hit: { kind: 'text', text: 'パスポート番号: TK1234567' },
    miss: { kind: 'text', text: '注文番号: TK1234567' },
  },
};

function compile({ regions = Object.keys(FORMS) }: CheckOptions): CompiledCheck {
  const wrong = regions.find((region) => FORMS[region] === undefined);
  if (wrong !== undefined)
    throw new CheckOptionError('regions', `${wrong} is none of ${Object.keys(FORMS).join(', ')}`);
  const expression = new RegExp(`(?:${regions.map((region) => FORMS[region]).join('|')})(?![A-Za-z\\d])`, 'gi');
  return contextNumber({ label: 'PASSPORT', expression, said: SAID });
}
