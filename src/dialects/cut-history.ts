import type { HistoryItem } from './history-item.ts';

/**
 * What may stay of a conversation, from the most to the least, as positions; never all of it. First whole turns go, the oldest first: a turn is what a caller says and all that
 * follows until it speaks again. Then, of the last turn, the oldest rounds of calls and results. Instructions always stay, so do the last turn's own words and its last
 * round, and a call is never parted from its result. Pure.
 */
export function cutHistory(items: readonly HistoryItem[]): readonly ReadonlySet<number>[] {
  const isOpenAt = openPlaces(items);
  const starts = turnStarts(items);
  const last = starts.at(-1);
  if (last === undefined) return [];
  const instructions = positionsWhere(items, ({ side }) => side === 'instruction');
  const cuts: (readonly [head: readonly number[], from: number])[] = [];
  for (const start of starts) if (!isOpenAt[start] && hasTurnBefore(items, start)) cuts.push([[], start]);
  if (!isOpenAt[last]) {
    const opening = openingOf(items, last);
    for (const round of roundStarts(items, last)) if (!isOpenAt[round]) cuts.push([opening, round]);
  }
  return cuts.map(([head, from]) => new Set([...instructions, ...head, ...range(from, items.length)]));
}

/** Whether a call is still without its result before each position; calls that nobody answers keep nothing open. */
function openPlaces(items: readonly HistoryItem[]): readonly boolean[] {
  const isOpen = new Array<boolean>(items.length).fill(false);
  const waiting = new Map<string, number[]>();
  for (const [at, { calls, results }] of items.entries()) {
    for (const id of results) {
      const from = waiting.get(id)?.shift();
      if (from !== undefined) for (const between of range(from + 1, at + 1)) isOpen[between] = true;
    }
    for (const id of calls) waiting.set(id, [...(waiting.get(id) ?? []), at]);
  }
  return isOpen;
}

/** Where a caller begins to speak. */
function turnStarts(items: readonly HistoryItem[]): readonly number[] {
  const starts: number[] = [];
  let before: HistoryItem['side'] | null = null;
  for (const [at, { side }] of items.entries()) {
    if (side === 'instruction') continue;
    if (side === 'caller' && before !== 'caller') starts.push(at);
    before = side;
  }
  return starts;
}

/** Where the model goes on after results, but for the first time: the rounds before may go. */
function roundStarts(items: readonly HistoryItem[], turn: number): readonly number[] {
  const rounds: number[] = [];
  let before: HistoryItem['side'] | null = null;
  for (const at of range(turn, items.length)) {
    const side = items[at]?.side ?? 'instruction';
    if (side === 'instruction') continue;
    if (side === 'model' && before === 'tool') rounds.push(at);
    before = side;
  }
  return rounds;
}

/** The caller's own words at the head of a turn. */
function openingOf(items: readonly HistoryItem[], turn: number): readonly number[] {
  const opening: number[] = [];
  for (const at of range(turn, items.length)) {
    const side = items[at]?.side;
    if (side === 'caller') opening.push(at);
    else if (side !== 'instruction') break;
  }
  return opening;
}

function hasTurnBefore(items: readonly HistoryItem[], at: number): boolean {
  return items.slice(0, at).some(({ side }) => side !== 'instruction');
}

function positionsWhere(items: readonly HistoryItem[], holds: (item: HistoryItem) => boolean): readonly number[] {
  return [...items.keys()].filter((at) => holds(items[at] as HistoryItem));
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, step) => from + step);
}
