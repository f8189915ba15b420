import { FUNCTION_WORDS } from './function-words.ts';

/** Scripts that one language writes, or mostly one. Han alone is Chinese; with Kana it is Japanese. */
const SCRIPTS: readonly (readonly [language: string, script: RegExp])[] = [
  ['ja', /[\p{sc=Hiragana}\p{sc=Katakana}]/gu],
  ['ko', /\p{sc=Hangul}/gu],
  ['zh', /\p{sc=Han}/gu],
  ['th', /\p{sc=Thai}/gu],
  ['el', /\p{sc=Greek}/gu],
  ['he', /\p{sc=Hebrew}/gu],
  ['ar', /\p{sc=Arabic}/gu],
  ['hi', /\p{sc=Devanagari}/gu],
];
const CYRILLIC = /\p{sc=Cyrillic}/gu;
const LATIN = /\p{sc=Latin}/gu;
const WORD = /\p{L}+/gu;
/** So much is looked at: a language does not change with length. */
const SAMPLE_UNITS = 4000;

const LANGUAGES_OF: ReadonlyMap<string, readonly string[]> = languagesByWord();

/** The languages that can be told. */
export const TOLD_LANGUAGES: readonly string[] = [
  ...SCRIPTS.map(([language]) => language),
  ...['ru', 'uk', 'bg'],
  ...Object.keys(FUNCTION_WORDS),
].sort();

/** The language that most of a text is written in, by ISO 639-1; null where that cannot be said: too short, no words, or none that is known. Pure. */
export function tellLanguage(text: string): string | null {
  const sample = text.slice(0, SAMPLE_UNITS);
  const latin = count(sample, LATIN);
  const byScript = SCRIPTS.map(([language, script]) => ({ language, letters: count(sample, script) }));
  const cyrillic = count(sample, CYRILLIC);
  const wide = byScript.reduce((sum, { letters }) => sum + letters, cyrillic);
  // A character of the wide scripts says as much as two or three letters.
  if (wide * 2 > latin && wide >= 2) return wideLanguage(sample, byScript, cyrillic);
  return latin >= 3 ? latinLanguage(sample) : null;
}

function wideLanguage(
  sample: string,
  byScript: readonly { readonly language: string; readonly letters: number }[],
  cyrillic: number,
): string | null {
  if (byScript.every(({ letters }) => letters < cyrillic)) return cyrillicLanguage(sample);
  const kana = byScript[0]?.letters ?? 0;
  const han = byScript.find(({ language }) => language === 'zh')?.letters ?? 0;
  // Titles and names leave Kana out; one in ten is enough.
  if (kana > 0 && kana * 10 >= han) return 'ja';
  return byScript.reduce((most, each) => (each.letters > most.letters ? each : most)).language;
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

function count(text: string, expression: RegExp): number {
  return text.match(expression)?.length ?? 0;
}

function languagesByWord(): ReadonlyMap<string, readonly string[]> {
  const byWord = new Map<string, string[]>();
  for (const [language, words] of Object.entries(FUNCTION_WORDS))
    for (const word of new Set(words.split(' '))) byWord.set(word, [...(byWord.get(word) ?? []), language]);
  return byWord;
}
