/** Whether the match stands apart: no ASCII letter, digit or `_` beside it. Japanese text beside a number is fine. Pure. */
export function standsApart(text: string, start: number, end: number): boolean {
  return !isWordCode(text.charCodeAt(start - 1)) && !isWordCode(text.charCodeAt(end));
}

/** As `standsApart`, and no digit that is joined to it by one of `-`, `.`, `/`, `:`, `,`, as in longer numbers, dates and versions. Pure. */
export function isWholeNumber(text: string, start: number, end: number): boolean {
  if (!standsApart(text, start, end)) return false;
  return !(
    (isJoiner(text[start - 1]) && isDigitCode(text.charCodeAt(start - 2))) ||
    (isJoiner(text[end]) && isDigitCode(text.charCodeAt(end + 1)))
  );
}

/** The digits of a text, without what stands between them. Pure. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** Whether every digit is the same, as in `000000000`. Pure. */
export function isOneDigit(digits: string): boolean {
  for (let at = 1; at < digits.length; at++) if (digits[at] !== digits[0]) return false;
  return true;
}

function isJoiner(character: string | undefined): boolean {
  return character !== undefined && '-./:,'.includes(character);
}

// NaN, as before the start and after the end of the text, is none of these.
function isDigitCode(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWordCode(code: number): boolean {
  return isDigitCode(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;
}
