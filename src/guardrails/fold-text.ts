/** A text in lower case and normal width, and the way back to the offsets of the original. */
export interface FoldedText {
  readonly text: string;
  /** The original's offset of an offset in the folded text. */
  readonly at: (offset: number) => number;
}

const IDENTITY = (offset: number) => offset;

/** Folds case and width (NFKC by character, so that offsets can be found again). Pure. */
export function foldText(text: string): FoldedText {
  const lower = text.toLowerCase();
  // Plain text keeps its length, and then nothing has to be counted.
  if (isAscii(text)) return { text: lower, at: IDENTITY };
  const offsets: number[] = [];
  let folded = '';
  let from = 0;
  for (const character of text) {
    const plain = character.normalize('NFKC').toLowerCase();
    for (let unit = 0; unit < plain.length; unit++) offsets.push(from);
    folded += plain;
    from += character.length;
  }
  return { text: folded, at: (offset) => offsets[offset] ?? text.length };
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}
