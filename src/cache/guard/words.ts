/** One character class for the scripts that are written without spaces. */
const WIDE = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;

/** A text in one spelling: full-width digits and letters narrow, spaces single. Pure. */
export function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[’‘`´]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether a text is written, in part at least, in Japanese or Chinese. Pure. */
export function isWide(text: string): boolean {
  return WIDE.test(text);
}

/** Words of a tidied text in lower case; runs of kanji, hiragana and katakana are words of their own. Pure. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .toLowerCase()
      .match(/[\p{Script=Katakana}ー]+|\p{Script=Han}+|\p{Script=Hiragana}+|[\p{L}\p{M}]+(?:'[\p{L}]+)*|\p{N}+/gu) ?? []
  );
}

/** The language a text is written in, roughly: by script, Latin ones by their commonest words. Pure. */
export function languageOf(text: string): string {
  if (/[\u3040-\u30ff]/.test(text)) return 'ja';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  if (/\p{Script=Han}/u.test(text)) return 'zh';
  if (/\p{Script=Cyrillic}/u.test(text)) return 'cyrillic';
  if (/\p{Script=Arabic}/u.test(text)) return 'arabic';
  const words = text.toLowerCase().split(/[^\p{L}']+/u);
  let best = 'latin';
  let most = 0;
  for (const [language, list] of Object.entries(COMMON)) {
    const count = words.filter((word) => list.has(word)).length;
    if (count > most) [best, most] = [language, count];
  }
  return best;
}

const COMMON: Readonly<Record<string, ReadonlySet<string>>> = {
  en: set(
    'the is are what how why when where which who can do does did i my you your of to in and for with it this that',
  ),
  de: set(
    'der die das ist sind was wie warum wann wo welche wer kann ich mein meine du ihr und für mit nicht ein eine zu den dem',
  ),
  fr: set(
    'le la les est sont que quoi comment pourquoi quand où quel qui je mon ma mes vous votre et pour avec ne pas un une des du',
  ),
  es: set(
    'el la los las es son qué cómo por cuándo dónde cuál quién puedo yo mi mis tu su y para con no un una del se',
  ),
  it: set('il la lo gli è sono che come perché quando dove quale chi posso io mio mia tu e per con non un una del si'),
  pt: set('o os as é são que como quando onde qual quem posso eu meu minha você e para com não um uma do da se'),
};

function set(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
