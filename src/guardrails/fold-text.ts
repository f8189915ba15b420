/** A text in lower case and normal width, and the way back to the offsets of the original. */
export interface FoldedText {
  readonly text: string;
  /** The original's offset of an offset in the folded text. */
  readonly at: (offset: number) => number;
}

const IDENTITY = (offset: number) => offset;
/**
 * What may be another character in normal form, or of another length in lower case. Outside: ASCII, Latin letters without ligatures, Cyrillic, Kana, Han and
 * Hangul, which most texts are made of.
 */
const UNSTABLE =
  /[^\0-\x7f\u00c0-\u012f\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0400-\u045f\u3001-\u3003\u3008-\u3011\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uac00-\ud7a3]/gu;

/** Folds case and width (NFKC by character, so that offsets can be found again). Linear. Pure. */
export function foldText(text: string): FoldedText {
  UNSTABLE.lastIndex = 0;
  if (!UNSTABLE.test(text)) return { text: text.toLowerCase(), at: IDENTITY };
  // Where lengths begin to differ: the folded offset of each, and the original one.
  const folds: number[] = [];
  const origins: number[] = [];
  let folded = '';
  let from = 0;
  UNSTABLE.lastIndex = 0;
  for (let match = UNSTABLE.exec(text); match !== null; match = UNSTABLE.exec(text)) {
    const [character] = match;
    const plain = character.normalize('NFKC').toLowerCase();
    folded += text.slice(from, match.index).toLowerCase();
    from = match.index + character.length;
    if (plain.length !== character.length) {
      // Every unit of it stands for the whole character.
      for (let unit = 0; unit < plain.length; unit++) {
        folds.push(folded.length + unit);
        origins.push(match.index);
      }
      folds.push(folded.length + plain.length);
      origins.push(from);
    }
    folded += plain;
  }
  folded += text.slice(from).toLowerCase();
  return { text: folded, at: folds.length === 0 ? IDENTITY : (offset) => originOf(folds, origins, offset) };
}

/** The last fold at or before the offset, by halving; of several at one offset the last. */
function originOf(folds: readonly number[], origins: readonly number[], offset: number): number {
  let low = 0;
  let high = folds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((folds[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? offset : (origins[low - 1] ?? 0) + offset - (folds[low - 1] ?? 0);
}
