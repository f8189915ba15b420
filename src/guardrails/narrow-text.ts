// Only where a full-width digit or a dash of General Punctuation between digits occurs is there anything to do.
const WIDE_DIGITS = /[\uff10-\uff19]|\d[\u2010-\u2015\u2212\u30fc]\d/;
const WIDE = /[\uff01-\uff5e\u3000\u00a0\u2010-\u2015\u2212\u30fc]/g;

/** Full-width digits, signs and dashes as their ASCII ones, unit for unit, so that offsets stay. Texts that need none come back as they are. Pure. */
export function narrowText(text: string): string {
  return WIDE_DIGITS.test(text) ? text.replace(WIDE, narrowed) : text;
}

function narrowed(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return code === 0x3000 || code === 0xa0 ? ' ' : '-';
}
