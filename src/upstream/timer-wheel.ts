/**
 * Many timers on one coarse interval: starting and stopping one costs a few pointer writes, where a timer of its own per
 * request and per timeout would cost the event loop and, with AbortSignal, the garbage collector.
 * A callback never runs early and at most about two ticks late.
 */
export interface TimerWheel {
  /** Runs the callback once after that many milliseconds. The callback must not throw. */
  readonly schedule: (delayMs: number, callback: () => void) => Timer;
  /** How many timers are running. */
  readonly size: () => number;
  /** Drops every timer without running it. */
  readonly close: () => void;
}

export interface Timer {
  /** Stops the timer; harmless when it has run or was stopped. */
  readonly cancel: () => void;
}

export interface TimerWheelOptions {
  /** Resolution; 10 ms is far below any timeout that makes sense upstream. */
  readonly tickMs?: number;
  readonly slots?: number;
  /** A clock that never jumps. */
  readonly nowMs?: () => number;
}

/**
 * A member of a slot's ring. Rings and not Sets: the tables that a Set leaves behind in old space keep what they held alive through every scavenge, which
 * cost a request's whole garbage its early death (14 KB promoted per request, a fifth of the CPU). For the same reason a removed entry lets go of its callback.
 */
interface Entry extends Timer {
  dueTick: number;
  /** Null once it has run or was stopped. */
  callback: (() => void) | null;
  before: Entry | null;
  after: Entry | null;
}

/** Creates a wheel. Its interval runs only while a timer does, and then keeps the process alive. */
export function createTimerWheel(options: TimerWheelOptions = {}): TimerWheel {
  const tickMs = options.tickMs ?? 10;
  const nowMs = options.nowMs ?? (() => performance.now());
  const slots = Array.from({ length: options.slots ?? 512 }, createRing);
  let interval: NodeJS.Timeout | null = null;
  let size = 0;
  let doneTick = 0;

  function schedule(delayMs: number, callback: () => void): Timer {
    const tickNow = nowMs() / tickMs;
    if (interval === null) {
      doneTick = Math.floor(tickNow);
      interval = setInterval(advance, tickMs);
    }
    const dueTick = Math.max(doneTick + 1, Math.ceil(tickNow + Math.max(0, delayMs) / tickMs));
    const entry: Entry = { dueTick, callback, before: null, after: null, cancel: () => remove(entry) };
    const ring = slots[dueTick % slots.length];
    if (ring !== undefined) insertBefore(ring, entry);
    size += 1;
    return entry;
  }

  function remove(entry: Entry): void {
    if (entry.callback === null) return;
    entry.callback = null;
    unlink(entry);
    size -= 1;
  }

  function advance(): void {
    const tick = Math.floor(nowMs() / tickMs);
    // After a long pause of the process each slot is looked at once, not once a lap.
    const from = Math.max(doneTick + 1, tick - slots.length + 1);
    doneTick = tick;
    for (let at = from; at <= tick; at++) {
      const ring = slots[at % slots.length];
      if (ring !== undefined) runDue(ring, tick);
    }
    if (size === 0) stop();
  }

  /** A callback may schedule or cancel others, so the due ones are taken out before the first runs. */
  function runDue(ring: Entry, tick: number): void {
    const due: Entry[] = [];
    for (let entry = ring.after; entry !== null && entry !== ring; entry = entry.after) {
      if (entry.dueTick <= tick) due.push(entry);
    }
    for (const entry of due) {
      const { callback } = entry;
      remove(entry);
      callback?.();
    }
  }

  function stop(): void {
    if (interval !== null) clearInterval(interval);
    interval = null;
  }

  function close(): void {
    for (const ring of slots) {
      while (ring.after !== null && ring.after !== ring) remove(ring.after);
    }
    stop();
  }

  return { schedule, size: () => size, close };
}

/** An empty ring: its head, which is never due. */
function createRing(): Entry {
  const head: Entry = { dueTick: 0, callback: null, before: null, after: null, cancel: () => undefined };
  head.before = head;
  head.after = head;
  return head;
}

function insertBefore(head: Entry, entry: Entry): void {
  entry.before = head.before;
  entry.after = head;
  if (head.before !== null) head.before.after = entry;
  head.before = entry;
}

function unlink(entry: Entry): void {
  if (entry.before !== null) entry.before.after = entry.after;
  if (entry.after !== null) entry.after.before = entry.before;
  entry.before = null;
  entry.after = null;
}
