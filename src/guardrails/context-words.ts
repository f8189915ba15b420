/** How far before a finding a word may stand that says what it is. */
export const CONTEXT_LENGTH = 60;

/** Whether one of the words (an expression without `g`) stands shortly before the place. Looks back only, so that a stream need not wait. Pure. */
export function hasWordBefore(text: string, start: number, words: RegExp): boolean {
  return words.test(text.slice(Math.max(0, start - CONTEXT_LENGTH), start));
}
