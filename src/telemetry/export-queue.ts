/** What waits to be sent to a collector: in bounded memory, whatever the collector does. */
export interface ExportQueue<T> {
  /** Takes an item, or counts it as dropped where too many wait. */
  readonly add: (item: T) => void;
  /** Items that no collector has got: no room, or the collector refused or was away. */
  readonly dropped: () => number;
  /** Sends what waits, for so long at most, and takes nothing any more. */
  readonly close: (patienceMs: number) => Promise<void>;
}

export interface ExportQueueOptions<T> {
  /** Sends a batch; calls back with the error, or null. Called again only after it has called back. */
  readonly send: (batch: readonly T[], done: (error: unknown) => void) => void;
  readonly onProblem: (error: unknown) => void;
  readonly maxItems: number;
  readonly maxBatch: number;
  readonly everyMs: number;
}

/**
 * Opens a queue that sends one batch at a time: a collector that is slow or down costs the items it does not take, a fixed number of waiting ones, and nothing
 * else. Effects: one timer.
 */
export function openExportQueue<T>(options: ExportQueueOptions<T>): ExportQueue<T> {
  const { send, onProblem, maxItems, maxBatch } = options;
  let waiting: T[] = [];
  let inFlight = 0;
  let dropped = 0;
  let isClosed = false;
  let onIdle: (() => void) | null = null;
  const timer = setInterval(pump, options.everyMs);
  timer.unref();

  function pump(): void {
    if (inFlight > 0) return;
    if (waiting.length === 0) {
      onIdle?.();
      return;
    }
    const batch = waiting.slice(0, maxBatch);
    waiting = waiting.slice(maxBatch);
    inFlight = batch.length;
    try {
      send(batch, (error) => ended(batch.length, error));
    } catch (error) {
      ended(batch.length, error);
    }
  }

  function ended(size: number, error: unknown): void {
    inFlight = 0;
    if (error !== null) {
      dropped += size;
      onProblem(error);
    }
    // A failure waits for the next turn of the timer: a collector that is down is not hammered.
    if (isClosed || (error === null && waiting.length >= maxBatch)) pump();
  }

  return {
    add(item) {
      if (isClosed || waiting.length >= maxItems) {
        dropped += 1;
        return;
      }
      waiting.push(item);
      if (waiting.length === maxBatch) setImmediate(pump);
    },
    dropped: () => dropped,
    async close(patienceMs) {
      clearInterval(timer);
      isClosed = true;
      let patience: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        patience = setTimeout(resolve, patienceMs);
        pump();
      });
      clearTimeout(patience);
      dropped += waiting.length + inFlight;
      waiting = [];
    },
  };
}
