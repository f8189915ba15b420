import { DIGITS_6 } from '../char-classes.ts';
import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { contextNumber } from '../context-number.ts';
import { NATIONAL_IDS } from '../national-ids.ts';

/** Numbers that countries give their people. */
export const nationalId: Check = {
  name: 'national-id',
  summary: `National identity and tax numbers whose check digits fit, of the countries in \`regions\`: ${Object.keys(NATIONAL_IDS).join(', ')}. Absent: all of them.`,
  limits:
    'Check digits fit by chance in one of ten to one of a hundred numbers of the same length: name the countries that you have to do with. AU, CA, DE and NL numbers are found only after words that say what they are. Japan, the United Kingdom and the United States have checks of their own.',
  compile,
  sample: {
    options: { regions: ['ES', 'PL'] },
    hit: { kind: 'text', text: 'Mi DNI es 12345678Z.' },
    miss: { kind: 'text', text: 'Mi DNI es 12345678A.' },
  },
};

function compile({ regions = Object.keys(NATIONAL_IDS) }: CheckOptions): readonly CompiledCheck[] {
  return regions.map((region) => {
    const known = NATIONAL_IDS[region];
    if (known === undefined)
      throw new CheckOptionError('regions', `${region} is none of ${Object.keys(NATIONAL_IDS).join(', ')}`);
    return contextNumber({ label: `${region}_ID`, needs: DIGITS_6, ...known });
  });
}
