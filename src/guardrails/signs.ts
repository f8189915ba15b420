/** A turn of phrase that tells something about a text, however it is filled. */
export interface Sign {
  /** Words at one of which it begins, in lower case; in scripts without spaces `expression` alone is tried. */
  readonly words?: readonly string[];
  /** Where it begins with a word: with flag `y`, tried at each such word. Otherwise tried once over the whole text. Bounded quantifiers only. */
  readonly expression: RegExp;
  /** How much it tells alone, 0 to 1. */
  readonly weight: number;
}

/** Weighs the signs in a text: each counts once, and two of weight one half tell three quarters. */
export type Weigh = (text: string) => number;

interface WordSign {
  readonly index: number;
  readonly expression: RegExp;
  readonly weight: number;
}

/** Makes a table of signs ready. The text is gone through once, word by word: an expression runs only where its word stands. Pure. */
export function weighSigns(signs: readonly Sign[]): Weigh {
  const byWord = new Map<string, WordSign[]>();
  for (const [index, { words = [], expression, weight }] of signs.entries()) {
    for (const word of words) byWord.set(word, [...(byWord.get(word) ?? []), { index, expression, weight }]);
  }
  const mayBegin = firstAndLast(byWord.keys());
  const anywhere = signs.filter(({ words }) => words === undefined);
  return (given) => {
    const text = given.toLowerCase();
    const seen = new Set<number>();
    let doubt = 1;
    for (const { expression, weight } of anywhere) if (expression.test(text)) doubt *= 1 - weight;
    eachWord(text, (start, end) => {
      if (mayBegin[placeOf(text.charCodeAt(start), text.charCodeAt(end - 1), end - start)] === 0) return;
      const found = byWord.get(text.slice(start, end));
      if (found === undefined) return;
      for (const { index, expression, weight } of found) {
        if (seen.has(index)) continue;
        expression.lastIndex = start;
        if (!expression.test(text)) continue;
        seen.add(index);
        doubt *= 1 - weight;
      }
    });
    return 1 - doubt;
  };
}

/** Most words are told apart by their ends and their length, before they are cut out of the text. */
function firstAndLast(words: Iterable<string>): Uint8Array {
  const table = new Uint8Array(1 << 13);
  for (const word of words) table[placeOf(word.charCodeAt(0), word.charCodeAt(word.length - 1), word.length)] = 1;
  return table;
}

function placeOf(first: number, last: number, length: number): number {
  return ((first & 31) << 8) | ((last & 31) << 3) | (length & 7);
}

const LONGEST_WORD = 20;

function eachWord(text: string, visit: (start: number, end: number) => void): void {
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    if (isLetter(text.charCodeAt(at))) {
      if (start < 0) start = at;
      continue;
    }
    if (start >= 0 && at - start <= LONGEST_WORD) visit(start, at);
    start = -1;
  }
}

/** ASCII and Latin letters, in lower case; NaN behind the end is none. */
function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0xdf && code <= 0x24f);
}
