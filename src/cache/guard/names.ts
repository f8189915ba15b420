import { isWide } from './words.ts';

/** Letters and digits that belong together and name a thing: `iPhone 15`, `GPT-4o`, `A4`, addresses, paths, quotations. */
const THINGS =
  /"[^"]{1,200}"|「[^」]{1,200}」|『[^』]{1,200}』|https?:\/\/\S+|[\w.+-]+@[\w-]+\.[\w.]+|\/[\w./-]{2,}|[A-Za-z]+[-_]?\d[\w.-]*|[\w]+_[\w]+|\b[A-Z]{2,}\b|\b[a-z]+[A-Z]\w*\b/g;
const CAPITALISED = /\p{Lu}[\p{L}\p{M}'’-]+/gu;
const KATAKANA = /[\p{Script=Katakana}ー]{2,}/gu;
/** Words that begin a question, so that their capital says nothing. */
const SENTENCE_START = /(?:^|[.!?:]\s+|["“(]\s*)$/;
const NO_NAMES: ReadonlySet<string> = new Set("i i'm i've i'd i'll ok".split(' '));

/** What a tidied text names, in lower case, sorted. A capital at the beginning of a sentence is no name; katakana words are. Pure. */
export function namesOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (const [thing] of text.matchAll(THINGS)) found.add(thing.toLowerCase());
  for (const match of text.matchAll(CAPITALISED)) {
    const word = match[0].toLowerCase().replace(/'s$/, '');
    if (SENTENCE_START.test(text.slice(0, match.index)) || NO_NAMES.has(word)) continue;
    found.add(word);
  }
  if (isWide(text)) for (const [word] of text.matchAll(KATAKANA)) found.add(word);
  return [...found].sort();
}
