import { digitsOf, isOneDigit, standsApart } from '../boundaries.ts';
import { DIGITS_12 } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';
import { isLuhn } from '../check-digits.ts';
import { type DigitGroup, digitRuns } from '../digit-runs.ts';
import { holdNumber } from '../hold.ts';
import { narrowText } from '../narrow-text.ts';

const SHORTEST = 12;
const LONGEST = 19;
/** How cards are printed and typed: one block, fours, 4-6-5, 4-6-4 and their like. Inside longer runs only these count. */
const GROUPINGS = /^(?:1[2-9]|4-4-4-[1-4]|4-4-4-4(?:-[1-3])?|4-6-[45]|6-1[0-3]|8-8|8-[45]-[3-6]|5-5-[56])$/;

/** Payment card numbers. */
export const creditCard: Check = {
  name: 'credit-card',
  summary:
    'Numbers of payment cards (Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir, UATP) whose check digit fits, in one block or in groups, also several side by side.',
  limits:
    'A number of 12 to 19 digits that begins like a card and fits the check digit by chance is found too. Inside a longer row of groups only the usual groupings count.',
  compile: () => ({
    kind: 'spans',
    label: 'CARD',
    needs: DIGITS_12,
    // Nineteen digits with the longest joints between all of them.
    reach: 80,
    hold: holdNumber,
    find: (text) => findCards(narrowText(text)),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Charge 4111 1111 1111 1111, please.' },
    miss: { kind: 'text', text: 'Order 4111 1111 1111 1112 is late.' },
  },
};

function findCards(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const groups of digitRuns(text, SHORTEST)) {
    const all = spanOf(groups);
    if (lengthOf(groups) <= LONGEST && isCard(text, all)) spans.push(all);
    else if (groups.length > 1) spans.push(...findInRun(text, groups));
  }
  return spans;
}

/** A card begins or ends where the row does, where its grouping changes, or where another card is: columns of figures do neither. */
function findInRun(text: string, groups: readonly DigitGroup[]): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (let from = 0; from < groups.length; from++) {
    for (let to = Math.min(groups.length, from + 5); to > from; to--) {
      const part = groups.slice(from, to);
      const digits = lengthOf(part);
      if (digits < SHORTEST || digits > LONGEST) continue;
      const isEdged = from === free || !isLike(groups[from - 1], part[0]) || !isLike(groups[to], part.at(-2));
      if (!isEdged || !isGrouped(part) || !isCard(text, spanOf(part))) continue;
      spans.push(spanOf(part));
      from = to - 1;
      free = to;
      break;
    }
  }
  return spans;
}

function isLike(a: DigitGroup | undefined, b: DigitGroup | undefined): boolean {
  return a !== undefined && b !== undefined && a.end - a.start === b.end - b.start;
}

function isGrouped(groups: readonly DigitGroup[]): boolean {
  const joints = groups.slice(1).map(({ joint }) => joint);
  return (
    joints.every((joint) => joint === joints[0]) &&
    GROUPINGS.test(groups.map(({ start, end }) => end - start).join('-'))
  );
}

function lengthOf(groups: readonly DigitGroup[]): number {
  return groups.reduce((sum, { start, end }) => sum + end - start, 0);
}

function spanOf(groups: readonly DigitGroup[]): Span {
  return { start: groups[0]?.start ?? 0, end: groups.at(-1)?.end ?? 0 };
}

function isCard(text: string, { start, end }: Span): boolean {
  if (end - start < SHORTEST || !standsApart(text, start, end) || isDecimal(text, start)) return false;
  const digits = digitsOf(text.slice(start, end));
  return digits.length >= SHORTEST && hasIssuer(digits) && isLuhn(digits) && !isOneDigit(digits);
}

/** What follows `0.` is a fraction. */
function isDecimal(text: string, start: number): boolean {
  return text[start - 1] === '.' && /(?<!\d)\d{1,3}$/.test(text.slice(Math.max(0, start - 5), start - 1));
}

/** Ranges of ISO/IEC 7812 as the networks publish them (read 2026-11), with the lengths that each issues. */
function hasIssuer(digits: string): boolean {
  const length = digits.length;
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (digits[0] === '4') return length === 13 || length === 16 || length === 19;
  if (two >= 51 && two <= 55) return length === 16;
  if (four >= 2200 && four <= 2204) return length >= 16;
  if (four >= 2221 && four <= 2720) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095) return length >= 14;
  // JCB issues 3528 to 3589; test numbers and older documents take all of 35, and nobody else has the rest.
  if (two === 35) return length >= 16;
  if (four === 2131 || four === 1800) return length === 15;
  if (digits[0] === '1' || two === 12) return length === 15;
  // Discover, UnionPay and Maestro share the sixes; Maestro alone is shorter.
  if (digits[0] === '6') return length >= 16 || isMaestro(two);
  return isMaestro(two);
}

function isMaestro(two: number): boolean {
  return two === 50 || (two >= 56 && two <= 58) || two === 60 || two === 61 || two === 63 || two === 67 || two === 69;
}
