import { isLuhn, isMod11And10, isVerhoeff, weightedSum } from './check-digits.ts';

/** How a country numbers its people. */
export interface NationalId {
  /** With flag `g`; no match is longer than 40 characters. */
  readonly expression: RegExp;
  /** Of the match without spaces, dashes and dots, in upper case. */
  readonly isValid: (value: string) => boolean;
  /** Where the form alone is too common: words that must stand before. */
  readonly said?: RegExp;
}

const CONTROL = 'TRWAGMYFPDXBNJZSQVHLCKE';
const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** By country code; each from the issuing authority's description of its check digit (read 2026-11). */
export const NATIONAL_IDS: Readonly<Record<string, NationalId>> = {
  AU: {
    expression: /\d{3} ?\d{3} ?\d{3}/g,
    said: /\btfn\b|tax file/i,
    isValid: (id) => weightedSum(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  },
  BR: { expression: /\d{3}\.?\d{3}\.?\d{3}-?\d{2}/g, isValid: isCpf },
  CA: {
    expression: /\d{3}([- ]?)\d{3}\1\d{3}/g,
    said: /\bsin\b|social insurance|assurance sociale|\bnas\b/i,
    isValid: (id) => /^[1-79]/.test(id) && isLuhn(id),
  },
  DE: { expression: /[1-9]\d ?\d{3} ?\d{3} ?\d{3}/g, said: /steuer|tin\b|tax|\bidnr/i, isValid: isMod11And10 },
  ES: { expression: /(?:[XYZ]-?\d{7}|\d{7,8})-?[A-HJ-NP-TV-Z]/gi, isValid: isSpanish },
  FI: { expression: /[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/g, isValid: (id) => isFinnish(id) },
  FR: {
    expression: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}/g,
    isValid: isFrench,
  },
  IN: { expression: /[2-9]\d{3}[- ]?\d{4}[- ]?\d{4}/g, isValid: (id) => isVerhoeff(id) && !isPalindrome(id) },
  IT: { expression: /[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]/gi, isValid: isItalian },
  KR: { expression: /\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[1-8]\d{6}/g, isValid: isKorean },
  NL: {
    expression: /\d{4}\.?\d{2}\.?\d{3}/g,
    said: /\bbsn\b|burgerservice|sofi/i,
    isValid: (id) => weightedSum(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  },
  PL: {
    expression: /\d{2}(?:[02468][1-9]|[13579][0-2])(?:0[1-9]|[12]\d|3[01])\d{5}/g,
    isValid: (id) => (10 - (weightedSum(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(id[10]),
  },
  SE: {
    expression: /(?:(?:18|19|20))?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])[-+]?\d{4}/g,
    isValid: (id) => isLuhn(id.replace('+', '').slice(-10)),
  },
  SG: { expression: /[STFGM]\d{7}[A-Z]/gi, isValid: isSingaporean },
  TH: {
    expression: /[1-8][- ]?\d{4}[- ]?\d{5}[- ]?\d{2}[- ]?\d/g,
    isValid: (id) => (11 - (weightedSum(id, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === Number(id[12]),
  },
  TR: { expression: /[1-9]\d{10}/g, isValid: isTurkish },
  ZA: { expression: /\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}[01]\d{2}/g, isValid: isLuhn },
};

function isCpf(id: string): boolean {
  if (/^(\d)\1*$/.test(id)) return false;
  const digit = (count: number) => {
    let sum = 0;
    for (let at = 0; at < count; at++) sum += Number(id[at]) * (count + 1 - at);
    return ((sum * 10) % 11) % 10;
  };
  return digit(9) === Number(id[9]) && digit(10) === Number(id[10]);
}

function isSpanish(id: string): boolean {
  const number = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return CONTROL[Number(number) % 23] === id.at(-1);
}

function isFinnish(id: string): boolean {
  // The dash is a century and was taken out with the other signs.
  const digits = id.slice(0, 6) + id.slice(-4, -1);
  return /^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])/.test(digits) && FINNISH[Number(digits) % 31] === id.at(-1);
}

function isFrench(id: string): boolean {
  const number = id.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return /^\d+$/.test(number) && 97n - (BigInt(number) % 97n) === BigInt(id.slice(13));
}

function isPalindrome(id: string): boolean {
  return [...id].reverse().join('') === id;
}

function isItalian(id: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const code = id.charCodeAt(at);
    const value = code < 58 ? code - 48 : code - 65;
    sum += at % 2 === 0 ? (ODD[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === id[15];
}

/** Numbers given since October 2020 have no check digit: the region in places 9 and 10 still tells many wrong ones. */
function isKorean(id: string): boolean {
  if (Number(id.slice(7, 9)) > 95) return false;
  const born = Number(id.slice(0, 2)) + ('1256'.includes(id[6] ?? '') ? 1900 : 2000);
  const rest = (11 - (weightedSum(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  const foreign = (rest + 2) % 10;
  return born >= 2020 || rest === Number(id[12]) || ('5678'.includes(id[6] ?? '') && foreign === Number(id[12]));
}

function isSingaporean(id: string): boolean {
  const first = id[0] ?? '';
  let sum = weightedSum(id.slice(1), [2, 7, 6, 5, 4, 3, 2]);
  if (first === 'T' || first === 'G') sum += 4;
  if (first === 'M') sum += 3;
  const table = 'ST'.includes(first) ? 'JZIHGFEDCBA' : first === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK';
  const place = first === 'M' ? 10 - (sum % 11) : sum % 11;
  return table[place] === id.at(-1);
}

function isTurkish(id: string): boolean {
  const d = [...id].map(Number);
  const at = (place: number) => d[place] ?? 0;
  const odd = at(0) + at(2) + at(4) + at(6) + at(8);
  const even = at(1) + at(3) + at(5) + at(7);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === at(9) && (odd + even + at(9)) % 10 === at(10);
}
