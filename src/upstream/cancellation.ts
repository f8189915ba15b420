/** Tells once that the client has hung up. A plain object: an AbortController per request costs several microseconds. */
export interface Cancellation {
  readonly cancel: () => void;
  readonly isCancelled: () => boolean;
  /** Calls the listener on cancellation, at once if it has happened; returns the function that removes it. */
  readonly onCancel: (listener: () => void) => () => void;
}

/** Creates one. Effects: none beyond calling the listeners. */
export function createCancellation(): Cancellation {
  const listeners = new Set<() => void>();
  let isCancelled = false;
  return {
    cancel() {
      if (isCancelled) return;
      isCancelled = true;
      for (const listener of listeners) listener();
      listeners.clear();
    },
    isCancelled: () => isCancelled,
    onCancel(listener) {
      if (isCancelled) {
        listener();
        return () => undefined;
      }
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
