const WIDE_SIGN = /[\uff10-\uff19\u2010-\u2015\u2212\u30fc]/;
const WIDE = /[\uff01-\uff5e\u3000\u00a0\u2010-\u2015\u2212\u30fc]/g;

/** Full-width digits, signs and dashes as their ASCII ones, unit for unit, so that offsets stay. Texts that need none come back as they are. Pure. */
export function narrowText(text: string): string {
  return hasWideDigits(text) ? text.replace(WIDE, narrowed) : text;
}

/** Only where a full-width digit, or a dash of General Punctuation before a digit, occurs is there anything to do. By hand: every check of numbers asks. */
function hasWideDigits(text: string): boolean {
  // Most texts hold none of these, and an expression tells so faster than a loop.
  if (!WIDE_SIGN.test(text)) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x2010) continue;
    if (code >= 0xff10 && code <= 0xff19) return true;
    if (isWideDash(code) && isDigit(text.charCodeAt(at + 1))) return true;
  }
  return false;
}

function isWideDash(code: number): boolean {
  return code <= 0x2015 || code === 0x2212 || code === 0x30fc;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function narrowed(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return code === 0x3000 || code === 0xa0 ? ' ' : '-';
}
