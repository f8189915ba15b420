/** A named stream of facts inside the process: publishers call, subscribers listen, nobody waits. */
export interface Channel<T> {
  readonly name: string;
  /** Hands the value to every subscriber, in order. A subscriber that throws is counted and never reaches the publisher. */
  readonly publish: (value: T) => void;
  /** Adds a subscriber; returns the function that removes it. */
  readonly subscribe: (listener: (value: T) => void) => () => void;
  /** How often a subscriber threw. */
  readonly failures: () => number;
}

/** Makes a channel. Effects: none beyond calling the subscribers. */
export function createChannel<T>(name: string): Channel<T> {
  let listeners: readonly ((value: T) => void)[] = [];
  let failed = 0;
  return {
    name,
    publish(value) {
      for (const listener of listeners) {
        try {
          listener(value);
        } catch {
          failed += 1;
        }
      }
    },
    subscribe(listener) {
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((each) => each !== listener);
      };
    },
    failures: () => failed,
  };
}
