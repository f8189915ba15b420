/** Controls, lone surrogates, and marks that change the direction of text: they act on a terminal instead of being seen. */
const ACTIVE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;

/** Text of unknown origin on one line, every active character written as its code. Pure. */
export function safeText(text: string): string {
  return text.replace(/\r?\n/g, ' ').replace(ACTIVE, escapeCharacter);
}

/** JSON in which every active character is an escape; it parses to the same value. Pure. */
export function safeJson(value: unknown, indent = 2): string {
  // The line breaks of the layout are the only controls that JSON.stringify leaves.
  return JSON.stringify(value, null, indent).replace(ACTIVE, (character) =>
    character === '\n' ? character : jsonEscape(character),
  );
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u{${code.toString(16)}}`;
}

function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
