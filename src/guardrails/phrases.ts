import { CheckOptionError, type Span } from './check.ts';
import { foldText } from './fold-text.ts';

/** A list of phrases made ready. */
export interface Phrases {
  readonly find: (text: string) => readonly Span[];
  readonly reach: number;
  /** From where the end of a text is the beginning of a phrase, or all of one. */
  readonly hold: (text: string) => number;
}

/** What may stand between the words of a phrase: white space, or anything that is neither letter nor digit. */
export type Joint = 'spaces' | 'anything';

const JOINTS: Readonly<Record<Joint, { readonly within: string; readonly split: RegExp }>> = {
  spaces: { within: '\\s{1,4}', split: /\s+/gu },
  anything: { within: '[^\\p{L}\\p{N}]{1,8}', split: /[^\p{L}\p{N}]+/gu },
};
const LONGEST_JOINT = 8;
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;
const WORD_BEFORE = /[\p{L}\p{N}_]$/u;
const AFTER = '(?![\\p{L}\\p{N}_])';

/** Compiles phrases that are found whatever their case or width. Throws CheckOptionError on `option`. Pure. */
export function compilePhrases(option: string, given: readonly string[], joint: Joint): Phrases {
  const { within, split } = JOINTS[joint];
  const folded = given.map((phrase) => foldText(phrase).text.split(split).filter(Boolean));
  if (folded.some((parts) => parts.length === 0))
    throw new CheckOptionError(option, `a ${option.replace(/s$/, '')} needs a letter or a sign`);
  if (folded.length === 0) throw new CheckOptionError(option, `expected at least one ${option.replace(/s$/, '')}`);
  const phrases = folded.map((parts) => parts.join(' '));
  const reach = Math.max(...folded.map((parts) => parts.join('').length + LONGEST_JOINT * parts.length)) + 2;
  // A list of literals: no quantifier but the bounded ones between words, so nothing to backtrack into. What must not stand before is asked afterwards.
  const source = [...folded]
    .sort((a, b) => b.join(' ').length - a.join(' ').length)
    .map((parts) => parts.map(escaped).join(within) + (isUnspaced(parts[0] ?? '') ? '' : AFTER))
    .join('|');
  const expression = new RegExp(source, 'gu');

  function find(text: string): readonly Span[] {
    const { text: plain, at } = foldText(text);
    const spans: Span[] = [];
    expression.lastIndex = 0;
    for (let match = expression.exec(plain); match !== null; match = expression.exec(plain)) {
      const { index, 0: all } = match;
      if (isUnspaced(all) || !WORD_BEFORE.test(plain.slice(Math.max(0, index - 2), index)))
        spans.push({ start: at(index), end: at(index + all.length) });
      else expression.lastIndex = index + 1;
    }
    return spans;
  }

  function hold(text: string): number {
    const from = Math.max(0, text.length - reach);
    const { text: plain, at } = foldText(text.slice(from));
    for (let start = 0; start < plain.length; start++) {
      const tail = plain.slice(start).replace(split, ' ');
      if (tail === ' ') continue;
      if (
        phrases.some((phrase) => phrase.startsWith(tail) || tail.trimEnd() === phrase || `${phrase} `.startsWith(tail))
      )
        return from + at(start);
    }
    return text.length;
  }

  return { find, reach, hold };
}

/** Whether it begins in a script that writes without spaces: there a word has no boundaries. */
function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
