/** Lines `[fromStart, fromEnd)` of one text that gave way to lines `[toStart, toEnd)` of another; counted from 0. */
export interface LineChange {
  readonly fromStart: number;
  readonly fromEnd: number;
  readonly toStart: number;
  readonly toEnd: number;
}

/** Beyond it two texts have so little in common that the rest counts as one change. */
const MOST_EDITS = 1000;

/**
 * The fewest lines to take out of one text and to put in to get another, in order. Pure. Source: E. Myers, "An O(ND) difference algorithm and its variations", 1986.
 */
export function diffLines(from: readonly string[], to: readonly string[]): readonly LineChange[] {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  const most = Math.min(from.length, to.length) - head;
  while (tail < most && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  const a = from.slice(head, from.length - tail);
  const b = to.slice(head, to.length - tail);
  if (a.length + b.length === 0) return [];
  const kept = commonLines(a, b);
  return changesAround(kept, a.length, b.length).map(({ fromStart, fromEnd, toStart, toEnd }) => ({
    fromStart: fromStart + head,
    fromEnd: fromEnd + head,
    toStart: toStart + head,
    toEnd: toEnd + head,
  }));
}

/** The lines of a text, without their ends; a last line end opens no further line. Pure. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

type Pair = readonly [a: number, b: number];

/** Positions of lines that stay, in order. */
function commonLines(a: readonly string[], b: readonly string[]): readonly Pair[] {
  const trace = shortestEdit(a, b);
  if (trace === null) return [];
  const pairs: Pair[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const reached = trace[edits] ?? new Map<number, number>();
    const k = x - y;
    const before = comesFromAbove(reached, k, edits) ? k + 1 : k - 1;
    const startX = reached.get(before) ?? 0;
    const startY = startX - before;
    while (x > startX && y > startY && x > 0) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    [x, y] = [startX, startY];
  }
  return pairs.reverse();
}

/** How far each diagonal was reached before each edit; null when the texts differ too much. */
function shortestEdit(a: readonly string[], b: readonly string[]): readonly ReadonlyMap<number, number>[] | null {
  const trace: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(MOST_EDITS, a.length + b.length); edits += 1) {
    trace.push(new Map(reached));
    const next = new Map(reached);
    for (let k = -edits; k <= edits; k += 2) {
      let x = comesFromAbove(reached, k, edits) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      next.set(k, x);
      if (x >= a.length && y >= b.length) return trace;
    }
    reached = next;
  }
  return null;
}

/** Whether a diagonal is reached further by putting a line in than by taking one out. */
function comesFromAbove(reached: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));
}

function changesAround(kept: readonly Pair[], fromLength: number, toLength: number): readonly LineChange[] {
  const changes: LineChange[] = [];
  let [fromStart, toStart] = [0, 0];
  for (const [fromEnd, toEnd] of [...kept, [fromLength, toLength] as const]) {
    if (fromEnd > fromStart || toEnd > toStart) changes.push({ fromStart, fromEnd, toStart, toEnd });
    [fromStart, toStart] = [fromEnd + 1, toEnd + 1];
  }
  return changes;
}
