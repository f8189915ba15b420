import { ASCII_CLASSES, classOf, DIGIT, DIGITS_6, DIGITS_12, RUN_16 } from './char-classes.ts';

/** Where something is in a text that some checks need: start and end of each stretch, in order, apart. */
export type Stretches = readonly (readonly [start: number, end: number])[];

/** What one pass over a text tells of it. */
export interface Survey {
  /** Bits of char-classes.ts. */
  readonly classes: number;
  /** Rows of six digits and more, with what may say what they are; of twelve; and runs without white space. */
  readonly digits6: Stretches;
  readonly digits12: Stretches;
  readonly runs16: Stretches;
}

const LONGEST_GAP = 3;
const RUN = 16;
/** Words that say what a number is stand within 60 characters before it, and within a few behind. */
const AROUND = 80;

/** Surveys a text, in one pass: most texts have few numbers, and checks of numbers need not look elsewhere. Linear. Pure. */
export function surveyText(text: string): Survey {
  const digits6: [number, number][] = [];
  const digits12: [number, number][] = [];
  const runs16: [number, number][] = [];
  let classes = 0;
  let digits = 0;
  let firstDigit = 0;
  let lastDigit = -1;
  let runStart = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0x20;
    if (code <= 0x20) {
      if (at - runStart >= RUN) addStretch(runs16, runStart, at, text.length);
      runStart = at + 1;
      continue;
    }
    const bits = code < 128 ? (ASCII_CLASSES[code] ?? 0) : classOf(code);
    classes |= bits;
    if ((bits & DIGIT) === 0) continue;
    if (lastDigit < 0 || at - lastDigit > LONGEST_GAP + 1) {
      if (digits >= 6) addStretch(digits6, firstDigit, lastDigit + 1, text.length);
      if (digits >= 12) addStretch(digits12, firstDigit, lastDigit + 1, text.length);
      digits = 0;
      firstDigit = at;
    }
    digits += 1;
    lastDigit = at;
  }
  if (digits >= 6) addStretch(digits6, firstDigit, lastDigit + 1, text.length);
  if (digits >= 12) addStretch(digits12, firstDigit, lastDigit + 1, text.length);
  if (digits6.length > 0) classes |= DIGITS_6;
  if (digits12.length > 0) classes |= DIGITS_12;
  if (runs16.length > 0) classes |= RUN_16;
  return { classes, digits6, digits12, runs16 };
}

/** The stretches that a check with these needs has to look at; null for the whole text. Pure. */
export function stretchesFor(survey: Survey, needs: number): Stretches | null {
  if ((needs & DIGITS_12) !== 0) return survey.digits12;
  if ((needs & DIGITS_6) !== 0) return survey.digits6;
  return (needs & RUN_16) === 0 ? null : survey.runs16;
}

function addStretch(stretches: [number, number][], from: number, to: number, length: number): void {
  const start = Math.max(0, from - AROUND);
  const end = Math.min(length, to + AROUND);
  const last = stretches.at(-1);
  if (last !== undefined && start <= last[1]) last[1] = end;
  else stretches.push([start, end]);
}
