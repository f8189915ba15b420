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

const ALL = DIGIT | AT | DOT_OR_COLON | LETTER | WIDE | BRACKET | JOINER;
const CLASS_OF: Uint8Array = classTable();

/** Which classes occur in the text. Linear, and stops as soon as all do. Pure. */
export function classesOf(text: string): number {
  let found = 0;
  for (let at = 0; at < text.length && found !== ALL; at++) {
    const code = text.charCodeAt(at);
    found |= code < 128 ? (CLASS_OF[code] ?? 0) : wideClass(code);
  }
  return found;
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
