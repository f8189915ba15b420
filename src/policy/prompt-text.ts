/** A place of a text between `{{` and `}}`; offsets in the text. */
export interface Placeholder {
  /** Null where what stands between the braces is no name. */
  readonly name: string | null;
  readonly start: number;
  readonly end: number;
}

/** A text in pieces, in order. */
export type TextPiece = string | Placeholder;

const MARK = /\\\{\{|\{\{(?:[ \t]*([a-zA-Z][a-zA-Z0-9_-]*)[ \t]*\}\})?/g;

/** Splits a text at its placeholders; `\{{` is two braces and no placeholder. Pure. */
export function splitPromptText(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let literal = '';
  let at = 0;
  const flush = () => {
    if (literal !== '') pieces.push(literal);
    literal = '';
  };
  for (const found of text.matchAll(MARK)) {
    literal += text.slice(at, found.index);
    at = found.index + found[0].length;
    if (found[0].startsWith('\\')) {
      literal += '{{';
      continue;
    }
    flush();
    pieces.push({ name: found[1] ?? null, start: found.index, end: at });
  }
  literal += text.slice(at);
  flush();
  return pieces;
}
