import { characterWidth, textWidth } from './text-width.ts';

/** No line begins with one of these (JIS X 4051: closing marks, small kana, the long vowel). */
const NEVER_FIRST = /^[、。，．・：；？！）」』】〉》〕］｝ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々％]/;
/** Nor ends with one of these. */
const NEVER_LAST = /[（「『【〈《〔［｛]$/;

/**
 * Breaks a text into lines no wider than the columns of a terminal: at blanks, and between the characters of a script without blanks, whose characters are two columns wide. What
 * has no place to break stays whole, however wide. Pure.
 */
export function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text)) {
    if (line !== '' && textWidth(line) + textWidth(piece.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}

/** Between any two of them a line may break; blanks stand at their ends. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (const word of text.replace(/\s/g, ' ').match(/^ *[^ ]+ *|[^ ]+ */g) ?? []) {
    let isOpen = false;
    for (const character of word) {
      const last = pieces.at(-1) ?? '';
      const isWide = characterWidth(character) === 2;
      const mayBreak = isWide || (characterWidth([...last].at(-1) ?? '') === 2 && character !== ' ');
      if (isOpen && (!mayBreak || NEVER_FIRST.test(character) || NEVER_LAST.test(last)))
        pieces[pieces.length - 1] = last + character;
      else pieces.push(character);
      isOpen = true;
    }
  }
  return pieces;
}
