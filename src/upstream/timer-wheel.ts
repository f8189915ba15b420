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

interface Entry extends Timer {
  readonly dueTick: number;
  readonly callback: () => void;
  slot: Set<Entry> | null;
}

/** Creates a wheel. Its interval runs only while a timer does, and then keeps the process alive. */
export function createTimerWheel(options: TimerWheelOptions = {}): TimerWheel {
  const tickMs = options.tickMs ?? 10;
  const nowMs = options.nowMs ?? (() => performance.now());
  const slots = Array.from({ length: options.slots ?? 512 }, () => new Set<Entry>());
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
    const slot = slots[dueTick % slots.length] ?? null;
    const entry: Entry = { dueTick, callback, slot, cancel: () => remove(entry) };
    slot?.add(entry);
    size += 1;
    return entry;
  }

  function remove(entry: Entry): void {
    if (entry.slot === null) return;
    entry.slot.delete(entry);
    entry.slot = null;
    size -= 1;
  }

  function advance(): void {
    const tick = Math.floor(nowMs() / tickMs);
    // After a long pause of the process each slot is looked at once, not once a lap.
    const from = Math.max(doneTick + 1, tick - slots.length + 1);
    doneTick = tick;
    for (let at = from; at <= tick; at++) {
      for (const entry of slots[at % slots.length] ?? []) {
        if (entry.dueTick > tick) continue;
        remove(entry);
        entry.callback();
      }
    }
    if (size === 0) stop();
  }

  function stop(): void {
    if (interval !== null) clearInterval(interval);
    interval = null;
  }

  function close(): void {
    for (const slot of slots) {
      for (const entry of slot) entry.slot = null;
      slot.clear();
    }
    size = 0;
    stop();
  }

  return { schedule, size: () => size, close };
}
