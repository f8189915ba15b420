import { openLineWriter } from './line-writer.ts';
import { type Logger, openLogger } from './logger.ts';

/** How the log of a process is opened. */
export interface ProcessLogOptions {
  /** As in `LoggerOptions`. */
  readonly level: string;
  readonly isForPeople: boolean;
  readonly hasColours: boolean;
  /** File descriptor; 2 is stderr. */
  readonly descriptor: number;
}

/**
 * Opens a log that never makes a request wait, whatever is at the other end: lines are written beside the work, in bounded memory; those that find no room
 * are left out. What waits when the process exits is written then. Effects: writes to the descriptor, one exit listener.
 */
export function openProcessLog({ descriptor, ...options }: ProcessLogOptions): Logger {
  const writer = openLineWriter(descriptor);
  process.once('exit', writer.flushSync);
  return openLogger({ ...options, write: (text) => void writer.write(text) });
}
