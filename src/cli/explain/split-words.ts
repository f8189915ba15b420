/** The words of a command line, or where it goes wrong. */
export type Words =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'mistake'; readonly message: string };

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
};

/**
 * Splits a command line as a POSIX shell does: single and double quotes, `$'…'`, backslashes, lines continued by a backslash (also by `^` and a backtick, as
 * people copy them from Windows). Nothing is expanded: `$NAME` stays as it is. Pure.
 */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    const continued = /^[\\^`][ \t]*\r?\n/.exec(text.slice(at, at + 80))?.[0];
    if (continued !== undefined) {
      at += continued.length;
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      at++;
    } else if (character === "'" || text.startsWith("$'", at) || character === '"') {
      const read = readQuoted(text, at);
      if (read === null) return { kind: 'mistake', message: `the quote at character ${at + 1} is never closed` };
      word = (word ?? '') + read.text;
      at = read.end;
    } else if (character === '\\') {
      if (at + 1 === text.length)
        return { kind: 'mistake', message: 'the line ends with a backslash and nothing follows' };
      word = (word ?? '') + text.charAt(at + 1);
      at += 2;
    } else {
      word = (word ?? '') + character;
      at++;
    }
  }
  if (word !== null) words.push(word);
  return { kind: 'words', words };
}

function readQuoted(text: string, start: number): { readonly text: string; readonly end: number } | null {
  const isAnsi = text.charAt(start) === '$';
  const quote = isAnsi ? "'" : text.charAt(start);
  let read = '';
  for (let at = start + (isAnsi ? 2 : 1); at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return { text: read, end: at + 1 };
    const next = text.charAt(at + 1);
    if (character !== '\\' || (quote === "'" && !isAnsi)) read += character;
    else if (isAnsi) {
      read += ESCAPES[next] ?? `\\${next}`;
      at++;
    } else if (next === '\n') at++;
    else if ('"\\$`'.includes(next) && next !== '') {
      read += next;
      at++;
    } else read += character;
  }
  return null;
}
