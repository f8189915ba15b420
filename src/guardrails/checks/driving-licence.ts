import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { weightedSum } from '../check-digits.ts';
import { type ContextNumber, contextNumber } from '../context-number.ts';

const SAID = /driv|licen[cs]e|\bdl\b|\bd\.l\.|permit|führerschein|patente|免許/i;

const FORMS: Readonly<Record<string, ContextNumber>> = {
  DE: { label: 'DRIVING_LICENCE', expression: /[A-Z\d]{2}\d{2}[A-Z\d]{6}[\dX]/gi, said: SAID },
  GB: {
    label: 'DRIVING_LICENCE',
    expression: /(?=[A-Z]{2})[A-Z9]{5}\d[0156]\d(?:[0-2]\d|3[01])\d[A-Z9]{2}[A-Z\d]{3}/gi,
  },
  IT: { label: 'DRIVING_LICENCE', expression: /(?:[A-Z]{2}\d{7}[A-Z]|U1[A-Z\d]{7}[A-Z])/gi, said: SAID },
  JP: { label: 'DRIVING_LICENCE', expression: /\d{2}[- ]?\d{2}[- ]?\d{6}[- ]?\d{2}/g, said: SAID, isValid: isJapanese },
  US: {
    label: 'DRIVING_LICENCE',
    expression:
      /(?:[A-Z]{1,2}\d{3,14}|[A-Z]\d{3}-\d{3,4}-\d{2,4}(?:-\d{3,4})?|\d{7,9}|\d{4}-\d{2}-\d{4}|\d{12})(?![A-Z\d])/gi,
    said: SAID,
  },
};

/** Numbers of driving licences. */
export const drivingLicence: Check = {
  name: 'driving-licence',
  summary: `Numbers of driving licences in the forms of the countries in \`regions\`: ${Object.keys(FORMS).join(', ')}, after words as "licence" or "免許" (GB by its form alone). Absent: all of them.`,
  limits:
    'The states of the US have fifty forms, most of which are plain numbers: with the word before it any of them counts.',
  compile,
  sample: {
    options: { regions: ['JP'] },
    hit: { kind: 'text', text: '免許証番号は308912345690です。' },
    miss: { kind: 'text', text: '免許証番号は308912345670です。' },
  },
};

function compile({ regions = Object.keys(FORMS) }: CheckOptions): readonly CompiledCheck[] {
  return regions.map((region) => {
    const form = FORMS[region];
    if (form === undefined)
      throw new CheckOptionError('regions', `${region} is none of ${Object.keys(FORMS).join(', ')}`);
    return contextNumber(form);
  });
}

/** National Police Agency: commission 10–97, and the check digit in place 11 by modulus 11. */
function isJapanese(digits: string): boolean {
  const commission = Number(digits.slice(0, 2));
  const rest = weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return commission >= 10 && commission <= 97 && (rest <= 1 ? 0 : 11 - rest) === Number(digits[10]);
}
