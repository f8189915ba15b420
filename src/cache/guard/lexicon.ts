/** Words that mean the same stand in one line, the first one stands for them all; matched as whole words (Latin) or anywhere (wide scripts). */
export interface Lexicon {
  readonly latin: ReadonlyMap<string, string>;
  /** The longest first. */
  readonly wide: readonly (readonly [string, string])[];
}

/** Builds a lexicon from lines of words with the same meaning, separated by blanks; `_` is a blank within one. Pure. */
export function lexicon(lines: string): Lexicon {
  const latin = new Map<string, string>();
  const wide: [string, string][] = [];
  for (const line of lines.trim().split('\n')) {
    const words = line
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll('_', ' '));
    const [name = ''] = words;
    for (const word of words) {
      if (/^[\p{Script=Latin}\p{N}' $€£¥%°.-]+$/u.test(word)) latin.set(word, name);
      else wide.push([word, name]);
    }
  }
  return { latin, wide: wide.sort(([a], [b]) => b.length - a.length) };
}

/** The meanings that a tidied lower-case text names, in order. Pure. */
export function meaningsIn(text: string, { latin, wide }: Lexicon): readonly string[] {
  const found: { readonly at: number; readonly name: string }[] = [];
  for (const match of text.matchAll(/[\p{Script=Latin}\p{M}']+|[$€£¥%°]/gu)) {
    const [word] = match;
    const name = latin.get(word) ?? latin.get(singular(word));
    if (name !== undefined) found.push({ at: match.index, name });
  }
  let rest = text;
  for (const [word, name] of wide) {
    for (let at = rest.indexOf(word); at >= 0; at = rest.indexOf(word, at + word.length)) {
      found.push({ at, name });
      // What a longer word has taken is not read again: 以上 is not 上.
      rest = rest.slice(0, at) + '\u0000'.repeat(word.length) + rest.slice(at + word.length);
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ name }) => name);
}

/** A plural, a past, a present participle without its ending, roughly. Pure. */
export function singular(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && /(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}
