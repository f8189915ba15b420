/** Groups of digits that are joined by separators, in the order of the text. */
export interface DigitRun {
  readonly groups: readonly DigitGroup[];
}

export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  /** What stands between it and the group before; empty for the first. */
  readonly joint: string;
}

/** The longest joint: ` - `. */
const JOINT = /^(?: ?[-.] ?| {1,2})$/;
const LONGEST_JOINT = 3;

/** Every run of digits in a text, as long as it can be: `4111 1111`, `4111-1111` and `4111 - 1111` are one run each. Linear. Pure. */
export function digitRuns(text: string): readonly DigitRun[] {
  const runs: DigitGroup[][] = [];
  let last: DigitGroup | undefined;
  for (const match of text.matchAll(/\d+/g)) {
    const start = match.index;
    const gap = last === undefined ? null : start - last.end;
    const joint = last === undefined || gap === null || gap > LONGEST_JOINT ? '' : text.slice(last.end, start);
    const group = { start, end: start + match[0].length, joint: JOINT.test(joint) ? joint : '' };
    if (group.joint === '') runs.push([group]);
    else runs.at(-1)?.push(group);
    last = group;
  }
  return runs.map((groups) => ({ groups }));
}
