import { asString, isObject } from '#core';
import { UsageError } from '../usage-error.ts';

/** Two questions, and whether one answer fits both. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly isSame: boolean;
}

const NAMES: readonly (readonly [string, string])[] = [
  ['a', 'b'],
  ['text_a', 'text_b'],
  ['sentence1', 'sentence2'],
  ['question1', 'question2'],
];
const VERDICTS = ['same', 'label', 'is_duplicate'];
const TRUE: ReadonlySet<unknown> = new Set([true, 1, '1', 'true', 'yes', 'same', 'entailment']);
const FALSE: ReadonlySet<unknown> = new Set([false, 0, '0', 'false', 'no', 'other', 'neutral', 'contradiction']);

/**
 * Reads judged pairs, one a line: JSON `{"a", "b", "same"}` (also the names that public sets use) or `a TAB b TAB same`. A label on a scale from 0 to 5
 * counts as the same from 4.5 on. Throws UsageError naming the line. Pure.
 */
export function readPairs(text: string, file: string): readonly Pair[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const pair = line.trimStart().startsWith('{') ? fromJson(line) : fromTabs(line);
    if (pair === null) {
      throw new UsageError(
        `${file}:${index + 1} is no judged pair`,
        'One a line: {"a": "…", "b": "…", "same": true}, or both questions and the verdict, separated by tabs.',
      );
    }
    return [pair];
  });
}

function fromJson(line: string): Pair | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const found = value;
  const names = NAMES.find(([a, b]) => asString(found[a]) !== undefined && asString(found[b]) !== undefined);
  const verdict = VERDICTS.map((name) => found[name]).find((each) => each !== undefined);
  return names === undefined ? null : pairOf(found[names[0]], found[names[1]], verdict);
}

function fromTabs(line: string): Pair | null {
  const [a, b, verdict] = line.split('\t');
  return pairOf(a, b, verdict?.trim().toLowerCase());
}

function pairOf(a: unknown, b: unknown, verdict: unknown): Pair | null {
  const isSame = TRUE.has(verdict) ? true : FALSE.has(verdict) ? false : isHigh(verdict);
  return typeof a !== 'string' || typeof b !== 'string' || isSame === null ? null : { a, b, isSame };
}

function isHigh(verdict: unknown): boolean | null {
  return typeof verdict === 'number' && verdict >= 0 && verdict <= 5 ? verdict >= 4.5 : null;
}
