/** Classes of characters that findings need, as bits: one pass over a text tells which checks can be skipped. */
export const DIGIT = 1;
/** `@`, full width too. */
export const AT = 2;
/** `.` and `:`. */
export const DOT_OR_COLON = 4;
/** ASCII letters. */
export const LETTER = 8;
/** Anything beyond ASCII. */
export const WIDE = 16;
/** Brackets of Markdown, HTML and JSON: `[ ] ( ) < > { }`. */
export const BRACKET = 32;
/** `-`, `_`, `/`, `+`, `=`. */
export const JOINER = 64;

/** Six digits with no more than three characters between any two of them: what every number of people, accounts and telephones has. */
export const DIGITS_6 = 128;
/** Twelve of them. */
export const DIGITS_12 = 256;
/** A run of sixteen characters without white space. */
export const RUN_16 = 512;

/** The classes of ASCII, for loops over texts. */
export const ASCII_CLASSES: Uint8Array = classTable();

/** The class of one UTF-16 unit. Pure. */
export function classOf(code: number): number {
  return code < 128 ? (ASCII_CLASSES[code] ?? 0) : wideClass(code);
}

/** Full-width digits and letters count as their ASCII ones too: checks may fold them. */
function wideClass(code: number): number {
  if (code >= 0xff10 && code <= 0xff19) return WIDE | DIGIT;
  if (code === 0xff20) return WIDE | AT;
  if ((code >= 0xff21 && code <= 0xff3a) || (code >= 0xff41 && code <= 0xff5a)) return WIDE | LETTER;
  if (code === 0xff0e || code === 0xff1a) return WIDE | DOT_OR_COLON;
  return WIDE;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(128);
  const set = (characters: string, bit: number) => {
    for (const character of characters) table[character.charCodeAt(0)] = bit;
  };
  set('0123456789', DIGIT);
  set('@', AT);
  set('.:', DOT_OR_COLON);
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', LETTER);
  set('[]()<>{}', BRACKET);
  set('-_/+=', JOINER);
  return table;
}
