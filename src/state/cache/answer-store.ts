import type { QuestionStore } from './question-store.ts';

/** An answer as a store keeps it. */
export interface StoredAnswer {
  /** Lower-case hex digest; says nothing of what it is made of. */
  readonly key: string;
  readonly labels: AnswerLabels;
  readonly storedAtMs: number;
  /** After it the store may forget the answer, and no longer gives it. */
  readonly expiresAtMs: number;
  /** The answer itself, in the words of whoever keeps it. */
  readonly text: string;
}

/** What answers can be found by when they are to be thrown away. */
export interface AnswerLabels {
  readonly cache: string;
  readonly route: string;
  readonly consumer: string;
  readonly tags: readonly string[];
}

/** Which answers to throw away: all that every given field fits; none given means all. */
export interface PurgeQuery {
  readonly cache?: string;
  readonly route?: string;
  readonly consumer?: string;
  readonly tag?: string;
  /** A whole key, or its first 12 digits or more. */
  readonly key?: string;
}

/** Keeps answers. Keys carry the tenant, so that a store needs no rule of its own to keep tenants apart. */
export interface AnswerStore {
  /** The questions of the answers, for comparing by meaning. */
  readonly questions: QuestionStore;
  readonly kind: 'memory' | 'sqlite' | 'redis';
  /** Null for what is not there, is over, or cannot be read whole. */
  readonly get: (key: string) => Promise<StoredAnswer | null>;
  /** Keeps an answer in place of the one of the same key. What is larger than the store may hold is not kept. */
  readonly put: (answer: StoredAnswer) => Promise<void>;
  /** How many were thrown away. */
  readonly purge: (query: PurgeQuery) => Promise<number>;
  readonly size: () => Promise<{ readonly entries: number; readonly bytes: number }>;
  readonly close: () => Promise<void>;
}

/** Whether a purge means an answer. Pure. */
export function fitsPurge(query: PurgeQuery, key: string, labels: AnswerLabels): boolean {
  return (
    (query.cache === undefined || query.cache === labels.cache) &&
    (query.route === undefined || query.route === labels.route) &&
    (query.consumer === undefined || query.consumer === labels.consumer) &&
    (query.tag === undefined || labels.tags.includes(query.tag)) &&
    (query.key === undefined || key.startsWith(query.key))
  );
}
