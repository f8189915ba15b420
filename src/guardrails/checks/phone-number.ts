import { type CountryCode, isSupportedCountry, Metadata, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { digitsOf, standsApart } from '../boundaries.ts';
import { DIGIT } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { CONTEXT_LENGTH, hasWordBefore } from '../context-words.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

// Candidates: at most two signs between two digits, and none but those that numbers are written with.
const CANDIDATE = /(?:\+ ?|\(\+?)?\d(?:[ ()./-]{0,3}\d){5,17}(?: ?(?:x|ext\.? ?)\d{1,6})?/g;
const SAID =
  /\b(?:tele)?phone|\bcall|\bmobile|\bcell|\bfax|\btel\b|\btel[.:]|\bdial|\bwhatsapp|\bsms\b|\btext me|電話|携帯|連絡先|ファックス|ファクス|ＴＥＬ|\bnumber is/i;
// Dates, times, amounts and addresses by number are written with the same signs.
const OTHER =
  /^(?:(?:19|20)\d\d[-/. ](?:0?\d|1[0-2])[-/. ]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d)\b|^\d{1,3}(?:\.\d{1,3}){3}$|^\d{1,3}(?:,\d{3})+$|^\d{1,6}\.\d{1,12}$|^\d{3}-\d{2}-\d{4}$/;
// E.164: fifteen digits; behind `ext` up to six more.
const EXTENSION = 6;
/** The library takes 10 to 70 µs for a number: a text with more of them than this is not an ordinary one, and its further numbers count by their form. */
const MOST_ASKED = 500;
const DEFAULT_REGIONS: readonly CountryCode[] = ['JP', 'US', 'GB'];

/** Telephone numbers. */
export const phoneNumber: Check = {
  name: 'phone-number',
  summary:
    'Telephone numbers: international ones of every country, national ones of the countries in `regions` (absent: JP, US, GB), and any number of 7 to 15 digits that the words before call a telephone number.',
  limits:
    'A national number of a country not in `regions`, without a word as "call" or "電話" before it, is not found. Ten digits without separators that are no telephone number may be found under `US`.',
  compile,
  sample: {
    options: { regions: ['JP', 'US'] },
    hit: { kind: 'text', text: 'お電話は03-3224-9999まで。' },
    miss: { kind: 'text', text: 'The parcel 03-3224-99 left on 2026-11-02.' },
  },
};

function compile({ regions }: CheckOptions): SpanCheck {
  const wrong = regions?.find((region) => !isSupportedCountry(region));
  if (wrong !== undefined)
    throw new CheckOptionError('regions', `no country with telephone numbers has the code ${wrong}`);
  const plans = ((regions as readonly CountryCode[] | undefined) ?? DEFAULT_REGIONS).map(planOf);
  return {
    kind: 'spans',
    label: 'PHONE',
    needs: DIGIT,
    reach: CONTEXT_LENGTH + 72,
    find(text) {
      let asked = 0;
      const isValid = (candidate: string, country?: CountryCode) => {
        if (++asked > MOST_ASKED) return true;
        return parsePhoneNumberFromString(candidate, country)?.isValid() === true;
      };
      return spansOf(narrowText(text), CANDIDATE, (match, searched) => isPhone(match, searched, plans, isValid));
    },
  };
}

/** What can be told of a national number before the library is asked. */
interface Plan {
  readonly country: CountryCode;
  /** Begins every national number; empty where there is none, or where it may be left out. */
  readonly trunk: string;
}

function planOf(country: CountryCode): Plan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  // The library has it, its types do not name it.
  const plan = metadata.numberingPlan as { nationalPrefix?: () => string | null | undefined } | undefined;
  const trunk = plan?.nationalPrefix?.() ?? '';
  // Italian numbers may begin with a zero that is their own, Turkish ones are written without it as often.
  return { country, trunk: trunk === '0' && country !== 'IT' && country !== 'TR' ? trunk : '' };
}

function isPhone(
  match: RegExpExecArray,
  text: string,
  plans: readonly Plan[],
  isValid: (candidate: string, country?: CountryCode) => boolean,
): boolean {
  const [candidate] = match;
  const start = match.index;
  const digits = digitsOf(candidate);
  if (digits.length < 6 || digits.length > 15 + EXTENSION || OTHER.test(candidate)) return false;
  if ((candidate.match(/\D+/g)?.length ?? 0) > 8 || !isApart(text, start, start + candidate.length)) return false;
  const isNamed = digits.length >= 7 && digits.length <= 15 && hasWordBefore(text, start, SAID);
  if (isNamed) return true;
  if (candidate.includes('+')) return isValid(candidate);
  if (!/\D/.test(candidate) && !mayBePlain(candidate)) return false;
  return plans.some(({ country, trunk }) => digits.startsWith(trunk) && isValid(candidate, country));
}

/** Amounts, paths and parts of longer numbers are none. */
function isApart(text: string, start: number, end: number): boolean {
  if (!standsApart(text, start, end) || /[.,#$€£¥/]/.test(text[start - 1] ?? '')) return false;
  return !/^[-./:]\d/.test(text.slice(end, end + 2));
}

/** Digits alone are everything: an order, an amount, a date. They count with a trunk zero, or as the ten digits of North America. */
function mayBePlain(candidate: string): boolean {
  return candidate.startsWith('0') ? candidate.length >= 10 : candidate.length === 10 || candidate.length === 11;
}
