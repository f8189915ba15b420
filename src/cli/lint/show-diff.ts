import { createPaint } from '../report/colours.ts';
import { safeText } from '../report/safe-text.ts';
import { diffLines, type LineChange, linesOf } from './line-diff.ts';

const CONTEXT = 3;

/** The difference of two texts of a file in unified form, as `git apply` takes it where nothing had to be made safe to print. Pure. */
export function showDiff(path: string, before: string, after: string, hasColours: boolean): string {
  const paint = createPaint(hasColours);
  const from = linesOf(before);
  const to = linesOf(after);
  const lines = [paint('strong', `--- a/${safeText(path)}`), paint('strong', `+++ b/${safeText(path)}`)];
  for (const hunk of hunksOf(diffLines(from, to))) {
    const first = hunk[0] as LineChange;
    const last = hunk.at(-1) as LineChange;
    const start = Math.max(0, first.fromStart - CONTEXT);
    const end = Math.min(from.length, last.fromEnd + CONTEXT);
    const toStart = first.toStart - (first.fromStart - start);
    const toEnd = last.toEnd + (end - last.fromEnd);
    lines.push(paint('place', `@@ -${range(start, end)} +${range(toStart, toEnd)} @@`));
    let at = start;
    for (const change of hunk) {
      for (const line of from.slice(at, change.fromStart)) lines.push(` ${safeText(line)}`);
      for (const line of from.slice(change.fromStart, change.fromEnd)) lines.push(paint('error', `-${safeText(line)}`));
      for (const line of to.slice(change.toStart, change.toEnd)) lines.push(paint('good', `+${safeText(line)}`));
      at = change.fromEnd;
    }
    for (const line of from.slice(at, end)) lines.push(` ${safeText(line)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Changes whose surroundings meet stand in one hunk. */
function hunksOf(changes: readonly LineChange[]): readonly (readonly LineChange[])[] {
  const hunks: LineChange[][] = [];
  for (const change of changes) {
    const open = hunks.at(-1);
    const last = open?.at(-1);
    const isNear = last !== undefined && change.fromStart - last.fromEnd <= 2 * CONTEXT;
    if (open !== undefined && isNear) open.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

/** Unified hunks count from 1; an empty side names the line before. */
function range(start: number, end: number): string {
  const count = end - start;
  if (count === 0) return `${start},0`;
  return count === 1 ? `${start + 1}` : `${start + 1},${count}`;
}
