import { parseJson } from '#core';

/**
 * JSON that was meant: taken out of a fence or from among words, without trailing commas, with the brackets closed that were left open. One pass and one
 * try, so that the time stays linear; undefined where that gives none. Pure.
 */
export function mendJson(text: string): string | undefined {
  const start = text.search(/[[{]/);
  if (start < 0) return undefined;
  const inner = text.slice(start, text.lastIndexOf(text[start] === '{' ? '}' : ']') + 1);
  if (isJson(inner)) return inner;
  const mended = closed(text.slice(start));
  return isJson(mended) ? mended : undefined;
}

/** Whether a text is JSON. Pure. */
export function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}

/** Up to where the first bracket closes again, or with what closes it. */
function closed(text: string): string {
  const open: string[] = [];
  let mended = '';
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at);
    if (isInString) {
      mended += unit;
      if (unit === '\\') mended += text.charAt(++at);
      else if (unit === '"') isInString = false;
      continue;
    }
    if (unit === '}' || unit === ']') {
      if (open.pop() !== unit) return mended;
      mended = withoutComma(mended) + unit;
      if (open.length === 0) return mended;
      continue;
    }
    if (unit === '"') isInString = true;
    if (unit === '{') open.push('}');
    if (unit === '[') open.push(']');
    mended += unit;
  }
  if (isInString) mended += '"';
  return withoutComma(mended) + open.reverse().join('');
}

function withoutComma(text: string): string {
  let end = text.length;
  while (end > 0 && ' \n\r\t'.includes(text.charAt(end - 1))) end--;
  return text[end - 1] === ',' ? text.slice(0, end - 1) : text;
}
