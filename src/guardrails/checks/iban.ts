import { standsApart } from '../boundaries.ts';
import { DIGIT, LETTER } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { mod97 } from '../check-digits.ts';
import { IBAN_LENGTHS } from '../iban-lengths.ts';
import { spansOf } from '../spans-of.ts';

// Country and check digits, then groups; how long it must be is the country's to say.
const IBAN = /[A-Za-z]{2}\d\d(?:[ -]?[A-Za-z\d]){11,30}/g;

/** International bank account numbers. */
export const iban: Check = {
  name: 'iban',
  summary:
    'International bank account numbers (ISO 13616) of the right length for their country, whose check digits fit. `regions` narrows the countries.',
  compile,
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Pay to GB82 WEST 1234 5698 7654 32 by Friday.' },
    miss: { kind: 'text', text: 'Pay to GB82 WEST 1234 5698 7654 33 by Friday.' },
  },
};

function compile({ regions }: CheckOptions): SpanCheck {
  const wrong = regions?.find((region) => IBAN_LENGTHS[region] === undefined);
  if (wrong !== undefined)
    throw new CheckOptionError('regions', `no country of the IBAN register has the code ${wrong}`);
  const countries = regions && new Set(regions);
  return {
    kind: 'spans',
    label: 'IBAN',
    needs: DIGIT | LETTER,
    // No `hold`: the groups may be apart by spaces.
    reach: 70,
    find: (text) => spansOf(text, IBAN, (match) => accepted(match, text, countries)),
  };
}

/** The expression may have taken words behind the number: only as much counts as the country's length says. */
function accepted(match: RegExpExecArray, text: string, countries: ReadonlySet<string> | undefined) {
  const country = match[0].slice(0, 2).toUpperCase();
  const length = IBAN_LENGTHS[country];
  if (length === undefined || (countries && !countries.has(country))) return false;
  let taken = 0;
  let end = match.index;
  while (taken < length && end < match.index + match[0].length) {
    if (!' -'.includes(text.charAt(end))) taken++;
    end++;
  }
  if (taken < length || !standsApart(text, match.index, end)) return false;
  const plain = text.slice(match.index, end).replace(/[ -]/g, '').toUpperCase();
  return mod97(plain.slice(4) + plain.slice(0, 4)) === 1 && { start: match.index, end };
}
