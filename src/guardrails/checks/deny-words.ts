import type { Check, CheckOptions, Span, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { foldText } from '../fold-text.ts';

/** Words and phrases that may not appear, whatever their case or width. */
export const denyWords: Check = {
  name: 'deny-words',
  summary: 'Words and phrases of a list, without regard to case, width or the white space between them.',
  limits: 'A word inside a longer one counts only in scripts that put no spaces between words.',
  compile,
  sample: {
    options: { words: ['Project Aurora'] },
    hit: { kind: 'text', text: 'The budget of project  aurora is due.' },
    miss: { kind: 'text', text: 'An aurora lights the sky.' },
  },
};

function compile({ words = [] }: CheckOptions): SpanCheck {
  const folded = words.map((word) => foldText(word).text.trim().split(/\s+/u).filter(Boolean));
  if (folded.some((parts) => parts.length === 0))
    throw new CheckOptionError('words', 'a word needs a letter or a sign');
  if (folded.length === 0) throw new CheckOptionError('words', 'expected at least one word');
  const longest = Math.max(...folded.map((parts) => parts.join(' ').length));
  const phrases = folded.map((parts) => parts.join(' '));
  // A list of literals: no quantifier but the bounded white space, so nothing to backtrack into.
  const source = [...folded]
    .sort((a, b) => b.join(' ').length - a.join(' ').length)
    .map((parts) => bounded(parts.map(escaped).join('\\s{1,4}')))
    .join('|');
  const expression = new RegExp(source, 'gu');
  return {
    kind: 'spans',
    label: 'WORD',
    reach: 4 * longest + 2,
    hold: (text) => holdPhrase(phrases, text, 4 * longest + 2),
    find(text) {
      const { text: plain, at } = foldText(text);
      const spans: Span[] = [];
      for (const match of plain.matchAll(expression)) {
        spans.push({ start: at(match.index), end: at(match.index + match[0].length) });
      }
      return spans;
    },
  };
}

/** From where the end of a text is the beginning of a phrase, or all of one. */
function holdPhrase(phrases: readonly string[], text: string, reach: number): number {
  const from = Math.max(0, text.length - reach);
  const { text: plain, at } = foldText(text.slice(from));
  for (let start = 0; start < plain.length; start++) {
    const tail = plain.slice(start).replace(/\s+/gu, ' ');
    if (phrases.some((phrase) => phrase.startsWith(tail) || tail.trimEnd() === phrase)) return from + at(start);
  }
  return text.length;
}

/** Word boundaries, except beside letters of scripts that write without spaces. */
function bounded(source: string): string {
  return `(?<![\\p{L}\\p{N}_])${source}(?![\\p{L}\\p{N}_])|(?=[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}])${source}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
