import type { AnswerStore } from '#state';
import type { LocalEmbedder } from '#upstream';
import type { Flights } from './flights.ts';
import type { Questions } from './questions.ts';

/** What caching needs of the process. */
export interface CacheParts {
  readonly answers: AnswerStore;
  readonly questions: Questions;
  readonly embedder: LocalEmbedder;
  /** Calls that several requests may share, by cache key. */
  readonly flights: Flights;
  readonly close: () => Promise<void>;
}
