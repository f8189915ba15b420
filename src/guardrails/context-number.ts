import { isWholeNumber } from './boundaries.ts';
import { DIGIT } from './char-classes.ts';
import type { SpanCheck } from './check.ts';
import { CONTEXT_LENGTH, hasWordBefore } from './context-words.ts';
import { narrowText } from './narrow-text.ts';
import { spansOf } from './spans-of.ts';

/** A number that is known by its form, and counts only if it is valid and, where asked for, words before it say what it is. */
export interface ContextNumber {
  readonly label: string;
  /** With flag `g`; no match is longer than 40 characters. */
  readonly expression: RegExp;
  /** `value` is the match without spaces, dashes and dots, in upper case. */
  readonly isValid?: (value: string, match: string) => boolean;
  /** Without flag `g`. */
  readonly said?: RegExp;
  /** Absent: a digit. */
  readonly needs?: number;
}

/** The check that finds such numbers. Pure. */
export function contextNumber({ label, expression, isValid, said, needs = DIGIT }: ContextNumber): SpanCheck {
  // Whole numbers only: saying so first spares most attempts.
  const isSaidAnywhere = said !== undefined && !said.source.includes('$') ? said : null;
  const whole = new RegExp(`(?<![A-Za-z\\d_])(?:${expression.source})`, expression.flags);
  return {
    kind: 'spans',
    label,
    needs,
    reach: CONTEXT_LENGTH + 44,
    find: (text) =>
      isSaidAnywhere?.test(text) === false
        ? []
        : spansOf(narrowText(text), whole, (match, searched) => {
            const start = match.index;
            if (!isWholeNumber(searched, start, start + match[0].length)) return false;
            if (isValid && !isValid(plain(match[0]), match[0])) return false;
            return said === undefined || hasWordBefore(searched, start, said);
          }),
  };
}

function plain(text: string): string {
  return text.replace(/[ .-]/g, '').toUpperCase();
}
