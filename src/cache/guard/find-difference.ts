import type { SemanticCheck } from '#snapshot';
import { contentWords } from './content-words.ts';
import { meaningsIn } from './lexicon.ts';
import { namesOf } from './names.ts';
import { numbersOf } from './numbers.ts';
import { DATES, NEGATIONS, NEGATIVE, NOT_NEGATIVE, TURNS, UNITS } from './word-lists.ts';
import { isWide, languageOf, tidy, wordsOf } from './words.ts';

/** A question as it is compared: made once for a question and kept with it. */
export interface Facets {
  readonly language: string;
  readonly numbers: readonly string[];
  readonly units: readonly string[];
  readonly turns: readonly string[];
  readonly names: readonly string[];
  readonly words: ReadonlySet<string>;
  /** Whether the order of what is named matters: from one to another, one against another. */
  readonly isOrdered: boolean;
}

const ORDER = /\b(?:from|to|into|than|vs|versus|over|between|against|convert)\b|から|まで|より|へ|対/;

/** Reads a question for comparing. Pure. */
export function facetsOf(text: string): Facets {
  const plain = tidy(text);
  const lower = plain.toLowerCase();
  return {
    language: languageOf(plain),
    numbers: [...numbersOf(plain), ...meaningsIn(lower, DATES)],
    units: meaningsIn(lower, UNITS),
    turns: [...meaningsIn(lower, TURNS), ...negationsIn(lower)].sort(),
    names: namesOf(plain),
    words: contentWords(plain),
    isOrdered: ORDER.test(lower),
  };
}

/**
 * What two questions that sound alike differ in, or null: numbers and dates, units, negations and opposites, names and matters, the language. It errs on the side of a
 * difference: a question asked again costs a call, a wrong answer costs trust. Pure.
 */
export function findDifference(a: Facets, b: Facets, checks: readonly SemanticCheck[]): SemanticCheck | null {
  return checks.find((check) => CHECKS[check](a, b)) ?? null;
}

const CHECKS: Readonly<Record<SemanticCheck, (a: Facets, b: Facets) => boolean>> = {
  language: (a, b) => a.language !== b.language,
  numbers: (a, b) => !isSame(a.numbers, b.numbers),
  units: (a, b) => !isSame(a.units, b.units),
  negation: (a, b) => !isSame(a.turns, b.turns),
  names: (a, b) => !isSame(sorted(a.names), sorted(b.names)) || differInMatter(a, b),
};

/** One swaps a word of matter for another, or has more to say than a carrier. */
function differInMatter(a: Facets, b: Facets): boolean {
  const onlyA = [...a.words].filter((word) => !b.words.has(word));
  const onlyB = [...b.words].filter((word) => !a.words.has(word));
  if (onlyA.length > 0 && onlyB.length > 0) return true;
  const shared = a.words.size - onlyA.length;
  if (onlyA.length + onlyB.length > 0) return true;
  if (shared === 0) return true;
  // The same words in another order say another thing where direction counts.
  const isOrdered = a.isOrdered || b.isOrdered;
  return isOrdered && !isSame([...a.words], [...b.words]);
}

function negationsIn(lower: string): readonly string[] {
  const latin = wordsOf(lower).filter(
    (word) => NEGATIONS.has(word) || word.endsWith("n't") || NEGATIONS.has(word.replace("'", '')),
  );
  const wide = isWide(lower) ? (lower.replace(NOT_NEGATIVE, ' ').match(NEGATIVE) ?? []) : [];
  return [...latin, ...wide].map(() => 'not');
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}

function sorted(items: readonly string[]): readonly string[] {
  return [...items].sort();
}
