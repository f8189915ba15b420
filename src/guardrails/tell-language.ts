import { FUNCTION_WORDS } from './function-words.ts';

type Script = 'kana' | 'ko' | 'zh' | 'th' | 'el' | 'he' | 'ar' | 'hi' | 'cyrillic' | 'latin';

/** Where letters of a script stand, in order; what lies between counts for none. */
const BLOCKS: readonly (readonly [from: number, to: number, script: Script])[] = [
  [0x41, 0x24f, 'latin'],
  [0x370, 0x3ff, 'el'],
  [0x400, 0x52f, 'cyrillic'],
  [0x5d0, 0x5ea, 'he'],
  [0x620, 0x6ff, 'ar'],
  [0x904, 0x97f, 'hi'],
  [0xe01, 0xe3a, 'th'],
  [0x1e00, 0x1eff, 'latin'],
  [0x3041, 0x30ff, 'kana'],
  [0x3400, 0x9fff, 'zh'],
  [0xac00, 0xd7a3, 'ko'],
];
/** Scripts that one language writes, or mostly one. Han alone is Chinese; with Kana it is Japanese. */
const ONE_LANGUAGE = ['ko', 'zh', 'th', 'el', 'he', 'ar', 'hi'] as const;
const WORD = /\p{L}+/gu;
/** So much is looked at: a language does not change with length. */
const SAMPLE_UNITS = 2000;

const LANGUAGES_OF: ReadonlyMap<string, readonly string[]> = languagesByWord();

/** The languages that can be told. */
export const TOLD_LANGUAGES: readonly string[] = [
  ...ONE_LANGUAGE,
  ...['ja', 'ru', 'uk', 'bg'],
  ...Object.keys(FUNCTION_WORDS),
].sort();

/** The language that most of a text is written in, by ISO 639-1; null where that cannot be said: too short, no words, or none that is known. Pure. */
export function tellLanguage(text: string): string | null {
  const sample = text.slice(0, SAMPLE_UNITS);
  const letters = countLetters(sample);
  const { latin, cyrillic, kana, zh } = letters;
  const most = ONE_LANGUAGE.reduce((best, each) => (letters[each] > letters[best] ? each : best));
  const wide = ONE_LANGUAGE.reduce((sum, each) => sum + letters[each], cyrillic + kana);
  // A character of the wide scripts says as much as two or three letters.
  if (wide < 2 || wide * 2 <= latin) return latin >= 3 ? latinLanguage(sample) : null;
  if (cyrillic > letters[most] && cyrillic > kana) return cyrillicLanguage(sample);
  // Titles and names leave Kana out; one in ten is enough.
  if (kana > 0 && kana * 10 >= zh) return 'ja';
  return most;
}

function countLetters(text: string): Record<Script, number> {
  const counts = { kana: 0, ko: 0, zh: 0, th: 0, el: 0, he: 0, ar: 0, hi: 0, cyrillic: 0, latin: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x41) continue;
    for (const [from, to, script] of BLOCKS) {
      if (code < from) break;
      if (code > to) continue;
      counts[script] += 1;
      break;
    }
  }
  return counts;
}

function cyrillicLanguage(sample: string): string {
  if (/[іїєґІЇЄҐ]/.test(sample)) return 'uk';
  return /[ыэёЫЭЁ]/.test(sample) || !/ъ[а-я]|(?:^|\s)(?:на|за|се|ще|да)\s/i.test(sample) ? 'ru' : 'bg';
}

function latinLanguage(sample: string): string | null {
  const scores = new Map<string, number>();
  let words = 0;
  for (const [word] of sample.toLowerCase().matchAll(WORD)) {
    words += 1;
    const languages = LANGUAGES_OF.get(word);
    // A word of many languages says little of each.
    for (const language of languages ?? [])
      scores.set(language, (scores.get(language) ?? 0) + 1 / (languages?.length ?? 1));
  }
  let best: readonly [string, number] | null = null;
  let second = 0;
  for (const entry of scores) {
    if (best === null || entry[1] > best[1]) {
      second = best?.[1] ?? 0;
      best = entry;
    } else second = Math.max(second, entry[1]);
  }
  if (best === null || words < 3 || best[1] < words / 20 || best[1] - second < 0.4) return null;
  return best[0];
}

function languagesByWord(): ReadonlyMap<string, readonly string[]> {
  const byWord = new Map<string, string[]>();
  for (const [language, words] of Object.entries(FUNCTION_WORDS))
    for (const word of new Set(words.split(' '))) byWord.set(word, [...(byWord.get(word) ?? []), language]);
  return byWord;
}
