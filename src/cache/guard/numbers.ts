const SMALL: Readonly<Record<string, number>> = Object.freeze(
  Object.fromEntries(
    // biome-ignore format: a table
    [
      ...'zero,one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,thirteen,fourteen,fifteen,sixteen,seventeen,eighteen,nineteen'.split(',').map((word, n) => [word, n] as const),
      ...'twenty,thirty,forty,fifty,sixty,seventy,eighty,ninety'.split(',').map((word, n) => [word, 10 * (n + 2)] as const),
      ...'zeroth,first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth'.split(',').map((word, n) => [word, n] as const),
      ['half', 0.5], ['quarter', 0.25], ['twice', 2], ['double', 2], ['triple', 3], ['dozen', 12], ['single', 1], ['once', 1], ['both', 2], ['couple', 2],
    ],
  ),
);
const BIG: Readonly<Record<string, number>> = { hundred: 100, thousand: 1e3, k: 1e3, million: 1e6, billion: 1e9 };
const DIGITS: Readonly<Record<string, number>> = {
  〇: 0,
  零: 0,
  一: 1,
  二: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};
const POWERS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };
const MYRIADS: Readonly<Record<string, number>> = { 万: 1e4, 億: 1e8, 兆: 1e12 };

const KANJI = '〇零一二三四五六七八九十百千';
const TOKEN = new RegExp(
  `(?:[\\d.,]*\\d|[${KANJI}])[\\d.,${KANJI}]*[${KANJI}万億兆][\\d.,${KANJI}万億兆]*|[${KANJI}]|\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)*|半(?=[年月日分額値])|[a-z]+`,
  'g',
);

/** Pronouns and idioms: the word is no count there. */
const NO_NUMBER =
  /\b(?:which|this|that|each|every|any|no|the|new|another|some|old|wrong|right) one\b|\bone of\b|\bone's\b|一番|一部|一緒|一般|一時|一覧|一体|一度に|統一|唯一|万が一|十分|二度と|第一歩|三角|四角|八百屋|千葉|五十嵐|三重|四国|九州|六本木|二重|七味|百貨店/g;

/**
 * The numbers of a tidied text in their order, whatever they are written in: `1,000`, `1000`, `thousand`, `千`, `1千`. Versions and times stay as they
 * are written. Pure.
 */
export function numbersOf(text: string): readonly string[] {
  const found: string[] = [];
  let current: number | null = null;
  const flush = () => {
    if (current !== null) found.push(String(current));
    current = null;
  };
  for (const [token] of text.toLowerCase().replace(NO_NUMBER, ' ').matchAll(TOKEN)) {
    const big = BIG[token];
    const small = SMALL[token];
    if (token === '半') {
      flush();
      found.push('0.5');
    } else if (/[^\d.,a-z]/.test(token)) {
      flush();
      found.push(String(kanjiValue(token)));
    } else if (/^\d/.test(token)) {
      flush();
      if (/^\d+\.\d+\./.test(token)) found.push(token);
      else current = Number(token.replaceAll(',', ''));
    } else if (big !== undefined) {
      if (current !== null) current *= big;
      else if (token !== 'k') current = big;
    } else if (small !== undefined) {
      const before: number | null = current;
      const continues = before !== null && ((before >= 20 && small < 10 && before % 10 === 0) || before % 100 === 0);
      if (!continues) flush();
      current = (current ?? 0) + small;
    } else if (token !== 'and') flush();
  }
  flush();
  return found;
}

/** Whether a word is a number, and so counted there. Pure. */
export function isNumberWord(word: string): boolean {
  return SMALL[word] !== undefined || BIG[word] !== undefined;
}

/** A number with kanji in it: `二十三`, `1万5千`, `二〇二六`. */
function kanjiValue(run: string): number {
  let sum = 0;
  let section = 0;
  let digits = '';
  const take = () => {
    const value = digits === '' ? null : Number(digits.replaceAll(',', ''));
    digits = '';
    return value;
  };
  for (const sign of run) {
    const power = POWERS[sign];
    const myriad = MYRIADS[sign];
    if (power !== undefined) section += (take() ?? 1) * power;
    else if (myriad !== undefined) {
      sum += (section + (take() ?? (section === 0 ? 1 : 0))) * myriad;
      section = 0;
    } else digits += DIGITS[sign] ?? sign;
  }
  return sum + section + (take() ?? 0);
}
