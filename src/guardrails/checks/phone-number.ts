import type { CountryCode } from 'libphonenumber-js/max';
import { digitsOf, standsApart } from '../boundaries.ts';
import { DIGITS_6 } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { CONTEXT_LENGTH } from '../context-words.ts';
import { narrowText } from '../narrow-text.ts';
import { phoneLibrary } from '../phone-library.ts';
import { spansOf } from '../spans-of.ts';

// Candidates: at most two signs between two digits, and none but those that numbers are written with.
const CANDIDATE = /(?:\+ ?|\(\+?)?\d(?:[ ()./-]{0,3}\d){5,17}(?: ?(?:x|ext\.? ?)\d{1,6})?/g;
const SAID =
  /\b(?:tele)?phone|\bcall|\bmobile|\bcell|\bfax|\btel\b|\btel[.:]|\bdial|\bwhatsapp|\bsms\b|\btext me|\bmessages?\b|\bcontact|\breach|\banswer(?:s|ing)?\b|\bvoicemail|\bhotline|\bmy (?:\w{1,20} )?number is|電話|携帯|連絡先|ファックス|ファクス|ＴＥＬ/gi;
// Of two words before a number the nearer one says what it is.
const OTHERWISE =
  /\bcard|\blicen[cs]e|\baccount|\bpassport|\border\b|\binvoice|\bssn\b|social security|\biban\b|\bticket|\bparcel|\btracking|\bserial|\bversion|\bid\b|(?<!電話|携帯)番号|カード|口座|注文|伝票/gi;
const SAID_AFTER = /^[ ,-]{0,3}\(?(?:office|fax|mobile|cell|home|work|direct|desk|携帯|（携帯）)(?![a-z])/i;
// Dates, times, amounts and addresses by number are written with the same signs.
const OTHER =
  /^(?:(?:19|20)\d\d[-/. ](?:0?\d|1[0-2])[-/. ]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d)(?![-/. ]?\d)|^\d{1,3}(?:\.\d{1,3}){3}$|^\d{1,3}(?:,\d{3})+$|^\d{1,6}\.\d{1,12}$|^\d{3}-\d{2}-\d{4}$/;
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
  const { isSupportedCountry, parsePhoneNumberFromString } = phoneLibrary();
  const wrong = regions?.find((region) => !isSupportedCountry(region));
  if (wrong !== undefined)
    throw new CheckOptionError('regions', `no country with telephone numbers has the code ${wrong}`);
  const plans = ((regions as readonly CountryCode[] | undefined) ?? DEFAULT_REGIONS).map(planOf);
  return {
    kind: 'spans',
    label: 'PHONE',
    needs: DIGITS_6,
    reach: CONTEXT_LENGTH + 72,
    find(text) {
      let asked = 0;
      const isValid = (candidate: string, country: CountryCode | null) => {
        if (++asked > MOST_ASKED) return true;
        if (country !== null) return parsePhoneNumberFromString(candidate, country)?.isValid() === true;
        // Plans of other countries change faster than any list of them: the right length after a known country code is enough.
        const plain = candidate.replace(/^\(?(?:\+|00)/, '+').replace('(0)', '');
        return parsePhoneNumberFromString(plain)?.isPossible() === true;
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
  /** How many digits a national number may have, with and without the prefix that leads to it. */
  readonly lengths: ReadonlySet<number>;
}

function planOf(country: CountryCode): Plan {
  const { getCountryCallingCode, numberingPlans } = phoneLibrary();
  const metadata = numberingPlans();
  metadata.selectNumberingPlan(country);
  // The library has it, its types do not name it.
  const plan = metadata.numberingPlan as NumberingPlan | undefined;
  const trunk = plan?.nationalPrefix?.() ?? '';
  const lengths = plan?.possibleLengths?.() ?? [];
  const code = getCountryCallingCode(country);
  // Italian numbers may begin with a zero that is their own, Turkish ones are written without it as often.
  return {
    country,
    trunk: trunk === '0' && country !== 'IT' && country !== 'TR' ? trunk : '',
    lengths: new Set(lengths.flatMap((length) => [length, length + trunk.length, length + code.length])),
  };
}

interface NumberingPlan {
  readonly nationalPrefix?: () => string | null | undefined;
  readonly possibleLengths?: () => readonly number[] | undefined;
}

function isPhone(
  match: RegExpExecArray,
  text: string,
  plans: readonly Plan[],
  isValid: (candidate: string, country: CountryCode | null) => boolean,
): boolean {
  const [candidate] = match;
  const start = match.index;
  const digits = digitsOf(candidate);
  if (digits.length < 6 || digits.length > 15 + EXTENSION || OTHER.test(candidate)) return false;
  if ((candidate.match(/\D+/g)?.length ?? 0) > 8 || !isApart(text, start, start + candidate.length)) return false;
  const end = start + candidate.length;
  const isNamed = isNamedBefore(text, start) || SAID_AFTER.test(text.slice(end, end + 16));
  if (isNamed && digits.length >= 7 && digits.length <= 15) return true;
  if (candidate.includes('+') || /^00[1-9]\d{0,2}[ ().-]/.test(candidate)) return isValid(candidate, null);
  if (!/\D/.test(candidate) && !mayBePlain(candidate)) return false;
  const isExtended = /[a-z]/i.test(candidate);
  return plans.some(
    ({ country, trunk, lengths }) =>
      digits.startsWith(trunk) && (isExtended || lengths.has(digits.length)) && isValid(candidate, country),
  );
}

function isNamedBefore(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - CONTEXT_LENGTH), start);
  const said = lastPlace(before, SAID);
  return said >= 0 && said > lastPlace(before, OTHERWISE);
}

function lastPlace(text: string, words: RegExp): number {
  let last = -1;
  for (const { index } of text.matchAll(words)) last = index;
  return last;
}

/** Amounts, paths and parts of longer numbers are none. */
function isApart(text: string, start: number, end: number): boolean {
  if (!standsApart(text, start, end) || /(?:\d[.,]|[#$€£¥/])$/.test(text.slice(Math.max(0, start - 2), start)))
    return false;
  return !/^[-./:]\d/.test(text.slice(end, end + 2));
}

/** Digits alone are everything: an order, an amount, a date. They count with a trunk zero, or as the ten digits of North America. */
function mayBePlain(candidate: string): boolean {
  return candidate.startsWith('0') ? candidate.length >= 10 : candidate.length === 10 || candidate.length === 11;
}
