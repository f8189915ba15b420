import type { AnswerStore } from '#state';
import type { Flights } from './flights.ts';

/** What caching needs of the process. */
export interface CacheParts {
  readonly answers: AnswerStore;
  /** Calls that several requests may share, by cache key. */
  readonly flights: Flights;
}
