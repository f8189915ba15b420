import { DIGIT } from '../char-classes.ts';
import type { Check, CheckOptions, Span, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { inOrder, spansOf } from '../spans-of.ts';

const PREFECTURES =
  '北海道|東京都|(?:京都|大阪)府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄)県';
const NUMBER = '[0-9０-９一二三四五六七八九十]{1,4}';
const DASH = '[-－ー−‐―]';
const STREETS =
  'street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|terrace|ter|way|parkway|pkwy|highway|hwy|circle|cir|trail|crescent|close';
const UNIT = '(?:,? {0,2}(?:suite|ste|apt|unit|floor|room|#)\\.? ?#?[\\w-]{1,6})';
const STATES =
  'A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]';

/** Each with flag `g`, over at most some 160 characters. */
const FORMS: Readonly<Record<string, readonly RegExp[]>> = {
  JP: [
    new RegExp(`〒 ?[0-9０-９]{3}${DASH}?[0-9０-９]{4}`, 'g'),
    new RegExp(
      `(?:${PREFECTURES})[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー々ヶケ]{1,30}(?:${NUMBER}(?:丁目|番地?|号|${DASH})[の ]?){0,4}(?:${NUMBER}号?)?`,
      'gu',
    ),
    /(?<=(?:郵便番号?|住所|zip ?code|postal ?code)[^\d\n]{0,8})(?<!\d)\d{3}-\d{4}(?!\d|-)/gi,
  ],
  US: [
    new RegExp(
      `(?<![\\w-])\\d{1,6}(?: [A-Z][\\w.'-]{0,20}){1,4} (?:${STREETS})\\b\\.?${UNIT}?(?:[,\\s]{1,6}[A-Z][A-Za-z.' -]{1,30}[,\\s]{1,4}(?:${STATES})\\b)?(?:[,\\s]{1,4}\\d{5}(?:-\\d{4})?(?!\\d))?`,
      'gi',
    ),
    new RegExp(`(?<=,\\s{1,4}(?:${STATES})\\s{1,4})\\d{5}(?:-\\d{4})?(?![\\d-])`, 'g'),
    /\bP\.? ?O\.? Box \d{1,6}\b/gi,
  ],
  GB: [
    /(?<!\w)(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})(?!\w)/g,
  ],
};

/** Postal addresses. */
export const postalAddress: Check = {
  name: 'postal-address',
  summary: `Postal addresses of the countries in \`regions\`: JP (from the prefecture to the number, and postal codes), US (number and street with city, state and ZIP code as far as they follow, PO boxes), GB (post codes). Absent: all of them.`,
  limits:
    'Addresses are no closed form: streets without a word as "Street", addresses of other countries, buildings and names of residents are not found.',
  compile,
  sample: {
    options: { regions: ['JP'] },
    hit: { kind: 'text', text: '送り先は東京都千代田区千代田1-1です。' },
    miss: { kind: 'text', text: '東京は今日も晴れです。' },
  },
};

function compile({ regions = Object.keys(FORMS) }: CheckOptions): SpanCheck {
  const wrong = regions.find((region) => FORMS[region] === undefined);
  if (wrong !== undefined)
    throw new CheckOptionError('regions', `${wrong} is none of ${Object.keys(FORMS).join(', ')}`);
  const expressions = regions.flatMap((region) => FORMS[region] ?? []);
  const needs = regions.includes('JP') ? 0 : DIGIT;
  return {
    kind: 'spans',
    label: 'ADDRESS',
    needs,
    reach: 220,
    find(text) {
      const found: Span[] = [];
      for (const expression of expressions) found.push(...spansOf(text, expression));
      return inOrder(found);
    },
  };
}
