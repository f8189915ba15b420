import { pino } from 'pino';
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

/** The log of a process. */
export interface ProcessLog {
  readonly log: Logger;
  /** Writes what still waits. */
  readonly flush: () => void;
}

/** More than this waits for nobody: a collector that stands still must not fill the memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * Opens a log that never makes a request wait: lines are written beside the work, whatever is at the other end, and those that a full pipe cannot take are
 * left out. What waits when the process exits is written then. Effects: writes to the descriptor, one exit listener.
 */
export function openProcessLog({ descriptor, ...options }: ProcessLogOptions): ProcessLog {
  const destination = pino.destination({ dest: descriptor, sync: false, maxLength: MAX_WAITING_BYTES });
  // A closed pipe ends the log, not the gateway.
  destination.on('error', () => undefined);
  const flush = (): void => {
    try {
      destination.flushSync();
    } catch {
      // Nothing was opened yet, or nobody reads any more.
    }
  };
  process.once('exit', flush);
  return { log: openLogger({ ...options, write: (text) => void destination.write(text) }), flush };
}
