import { isWholeNumber } from '../boundaries.ts';
import { DIGIT } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { spansOf } from '../spans-of.ts';

const PAIR =
  /[-+]?\d{1,2}\.\d{4,15}°? ?[NS]?[,;\s]{1,3}[-+]?\d{1,3}\.\d{4,15}°? ?[EW]?|\d{1,2}° ?\d{1,2}['′] ?(?:\d{1,2}(?:\.\d{1,6})?["″])? ?[NS][,\s]{1,3}\d{1,3}° ?\d{1,2}['′] ?(?:\d{1,2}(?:\.\d{1,6})?["″])? ?[EW]/g;

/** Places by latitude and longitude. */
export const geoCoordinates: Check = {
  name: 'geo-coordinates',
  summary:
    'Places by latitude and longitude, to about ten metres: decimal with at least four places, or degrees and minutes.',
  limits: 'Any two numbers in range with four places and more, side by side, look like a place.',
  compile: () => ({
    kind: 'spans',
    label: 'LOCATION',
    needs: DIGIT,
    reach: 64,
    find: (text) => (DOT.test(text) ? spansOf(text, PAIR, isPlace) : []),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'We meet at 35.681236, 139.767125.' },
    miss: { kind: 'text', text: 'It rose from 35.68 to 139.77.' },
  },
};

const DOT = /\d[.°]/;

function isPlace(match: RegExpExecArray, text: string): boolean {
  const [all] = match;
  if (!isWholeNumber(text, match.index, match.index + all.length)) return false;
  const [latitude = 0, longitude = 0] = (all.match(/\d{1,3}(?:\.\d+)?/g) ?? []).map(Number);
  return all.includes('°') || (latitude <= 90 && longitude <= 180);
}
