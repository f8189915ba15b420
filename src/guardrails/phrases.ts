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

/** Compiles phrases that are found whatever their case or width. Throws CheckOptionError on `option`. Pure. */
export function compilePhrases(option: string, given: readonly string[], joint: Joint): Phrases {
  const { within, split } = JOINTS[joint];
  const folded = given.map((phrase) => foldText(phrase).text.split(split).filter(Boolean));
  if (folded.some((parts) => parts.length === 0))
    throw new CheckOptionError(option, `a ${option.replace(/s$/, '')} needs a letter or a sign`);
  if (folded.length === 0) throw new CheckOptionError(option, `expected at least one ${option.replace(/s$/, '')}`);
  const phrases = folded.map((parts) => parts.join(' '));
  const reach = Math.max(...folded.map((parts) => parts.join('').length + LONGEST_JOINT * parts.length)) + 2;
  // A list of literals: no quantifier but the bounded ones between words, so nothing to backtrack into.
  const source = [...folded]
    .sort((a, b) => b.join(' ').length - a.join(' ').length)
    .map((parts) => bounded(parts.map(escaped).join(within)))
    .join('|');
  const expression = new RegExp(source, 'gu');

  function find(text: string): readonly Span[] {
    const { text: plain, at } = foldText(text);
    const spans: Span[] = [];
    for (const match of plain.matchAll(expression)) {
      spans.push({ start: at(match.index), end: at(match.index + match[0].length) });
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

/** Word boundaries, except beside letters of scripts that write without spaces. */
function bounded(source: string): string {
  return `(?<![\\p{L}\\p{N}_])${source}(?![\\p{L}\\p{N}_])|(?=[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}])${source}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
