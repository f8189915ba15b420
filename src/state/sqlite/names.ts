/** Numbers that stand for what rows of the journal would otherwise repeat, from one fold to the next. */
export interface Names<Entry extends readonly [string, ...unknown[]]> {
  /** The number of an entry, given now if it has none. An entry has the name of its first field, and the last one of that name is the one looked for. */
  readonly numberOf: (entry: Entry) => number;
  readonly entryOf: (number: number) => Entry;
  /** Entries that have got their numbers since this was last asked, in order. */
  readonly take: () => readonly Entry[];
  /** Gives the next numbers to entries, as another process has. */
  readonly learn: (entries: readonly Entry[]) => void;
  readonly clear: () => void;
}

/** Creates a list with nothing in it. */
export function createNames<Entry extends readonly [string, ...unknown[]]>(): Names<Entry> {
  const entries: Entry[] = [];
  const numbers = new Map<string, number>();
  let taken = 0;

  function numberOf(entry: Entry): number {
    const number = numbers.get(entry[0]);
    if (number !== undefined && isSame(entries[number], entry)) return number;
    numbers.set(entry[0], entries.length);
    return entries.push(entry) - 1;
  }

  return {
    numberOf,
    entryOf(number) {
      const entry = entries[number];
      if (entry === undefined) throw new RangeError(`nothing has the number ${number}`);
      return entry;
    },
    take() {
      const fresh = entries.slice(taken);
      taken = entries.length;
      return fresh;
    },
    learn(known) {
      for (const entry of known) {
        numbers.set(entry[0], entries.length);
        entries.push(entry);
      }
      taken = entries.length;
    },
    clear() {
      entries.length = 0;
      numbers.clear();
      taken = 0;
    },
  };
}

/** A loop: this is asked ten times for each request. */
function isSame(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  if (a === undefined) return false;
  for (let at = 0; at < b.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
