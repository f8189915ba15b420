/** Ends what takes too long, all by one timer: bodies that are still on their way. */
export interface Deadlines {
  /** Calls `expire` once the time is over, unless the returned function was called before. */
  readonly add: (expire: () => void) => () => void;
  readonly close: () => void;
}

/** Creates them with one span for all, so that they expire in the order in which they were added. Effects: a timer, which keeps no process alive. */
export function createDeadlines(timeoutMs: number, everyMs: number, nowMs: () => number): Deadlines {
  const waiting = new Set<{ readonly atMs: number; readonly expire: () => void }>();

  function look(): void {
    const now = nowMs();
    for (const each of waiting) {
      if (each.atMs > now) return;
      waiting.delete(each);
      each.expire();
    }
  }

  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    add(expire) {
      const each = { atMs: nowMs() + timeoutMs, expire };
      waiting.add(each);
      return () => void waiting.delete(each);
    },
    close: () => clearInterval(timer),
  };
}
