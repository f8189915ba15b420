/** A queue that always gives its smallest item first. */
export interface MinHeap<Item> {
  readonly push: (item: Item) => void;
  readonly peek: () => Item | undefined;
  readonly pop: () => Item | undefined;
  readonly size: () => number;
}

/** Creates an empty heap; `compare` is a total order, so that equal inputs come out in the same order. */
export function createMinHeap<Item>(compare: (a: Item, b: Item) => number): MinHeap<Item> {
  const items: Item[] = [];

  function isLess(a: number, b: number): boolean {
    const left = items[a];
    const right = items[b];
    return left !== undefined && right !== undefined && compare(left, right) < 0;
  }

  function swap(a: number, b: number): void {
    const left = items[a];
    const right = items[b];
    if (left === undefined || right === undefined) return;
    items[a] = right;
    items[b] = left;
  }

  function sink(from: number): void {
    for (let at = from; ; ) {
      let least = at;
      if (isLess(2 * at + 1, least)) least = 2 * at + 1;
      if (isLess(2 * at + 2, least)) least = 2 * at + 2;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  }

  return {
    push(item) {
      items.push(item);
      for (let at = items.length - 1; at > 0; ) {
        const parent = (at - 1) >>> 1;
        if (!isLess(at, parent)) return;
        swap(at, parent);
        at = parent;
      }
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (last !== undefined && items.length > 0) {
        items[0] = last;
        sink(0);
      }
      return first;
    },
    size: () => items.length,
  };
}
