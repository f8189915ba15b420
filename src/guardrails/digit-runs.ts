/** A group of digits in a row of such groups. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  /** What stands between it and the group before; empty for the first. */
  readonly joint: string;
}

/** Up to ` - `. */
const JOINT = /^(?: ?[-.] ?| {1,2})$/;
const LONGEST_JOINT = 3;

/**
 * Rows of digits with `least` digits and more, each as long as it can be: `4111 1111`, `4111-1111` and `4111 - 1111` are one row each. By hand, since most
 * figures in a text are short. Linear. Pure.
 */
export function digitRuns(text: string, least: number): readonly (readonly DigitGroup[])[] {
  const runs: (readonly DigitGroup[])[] = [];
  let run: DigitGroup[] = [];
  let digits = 0;
  let lastEnd = -1;
  let at = 0;
  while (at < text.length) {
    if (!isDigitAt(text, at)) {
      at++;
      continue;
    }
    const start = at;
    while (isDigitAt(text, at)) at++;
    const gap = lastEnd < 0 ? 0 : start - lastEnd;
    const joint = gap > 0 && gap <= LONGEST_JOINT ? text.slice(lastEnd, start) : '';
    const isJoined = joint !== '' && JOINT.test(joint);
    if (!isJoined) {
      if (digits >= least) runs.push(run);
      run = [];
      digits = 0;
    }
    run.push({ start, end: at, joint: isJoined ? joint : '' });
    digits += at - start;
    lastEnd = at;
  }
  if (digits >= least) runs.push(run);
  return runs;
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}
