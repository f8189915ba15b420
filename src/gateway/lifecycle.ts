/** Whether the gateway takes new requests, and how many are in progress. */
export interface Lifecycle {
  readonly isDraining: () => boolean;
  readonly inFlight: () => number;
  /** Counts a request in; call the returned function once when it has ended. */
  readonly begin: () => () => void;
  /** Takes no more requests, and resolves when none is in progress or the time is over: true when all came to their end. */
  readonly drain: (graceMs: number) => Promise<boolean>;
  /** Lets a `drain` that waits resolve now. */
  readonly hurry: () => void;
}

/** Creates one that takes requests. */
export function createLifecycle(): Lifecycle {
  let isDraining = false;
  let inFlight = 0;
  let onIdle: (() => void) | null = null;
  let onHurry: (() => void) | null = null;

  return {
    isDraining: () => isDraining,
    inFlight: () => inFlight,
    begin() {
      inFlight += 1;
      return () => {
        inFlight -= 1;
        if (inFlight === 0) onIdle?.();
      };
    },
    async drain(graceMs) {
      isDraining = true;
      if (inFlight === 0) return true;
      let timer: NodeJS.Timeout | undefined;
      const idle = new Promise<boolean>((resolve) => {
        onIdle = () => resolve(true);
        onHurry = () => resolve(false);
        timer = setTimeout(onHurry, graceMs);
      });
      const isIdle = await idle;
      clearTimeout(timer);
      return isIdle;
    },
    hurry: () => onHurry?.(),
  };
}
