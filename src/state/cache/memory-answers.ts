import { LRUCache } from 'lru-cache';
import { type AnswerStore, fitsPurge, type StoredAnswer } from './answer-store.ts';
import { NO_QUESTIONS } from './question-store.ts';
import type { Seal } from './seal.ts';

export interface MemoryAnswersOptions {
  readonly nowMs: () => number;
  readonly seal: Seal;
  readonly maxBytes: number;
}

type Kept = Omit<StoredAnswer, 'text'> & { readonly sealed: Buffer };

// Of an entry beside its bytes: key, labels, the list's own nodes.
const OVERHEAD = 512;

/** Creates a store in memory, bounded by bytes: what was not asked for longest goes first. */
export function createMemoryAnswers({ nowMs, seal, maxBytes }: MemoryAnswersOptions): AnswerStore {
  const kept = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ sealed }) => sealed.length + OVERHEAD,
  });
  return {
    kind: 'memory',
    questions: NO_QUESTIONS,
    async get(key) {
      const found = kept.get(key);
      if (found === undefined) return null;
      const text = found.expiresAtMs > nowMs() ? seal.open(key, found.sealed) : null;
      if (text === null) {
        kept.delete(key);
        return null;
      }
      const { sealed: _, ...answer } = found;
      return { ...answer, text };
    },
    async put({ text, ...answer }) {
      kept.set(answer.key, { ...answer, sealed: seal.close(answer.key, text) });
    },
    async purge(query) {
      const keys = [...kept.entries()].flatMap(([key, { labels }]) => (fitsPurge(query, key, labels) ? [key] : []));
      for (const key of keys) kept.delete(key);
      return keys.length;
    },
    size: async () => ({ entries: kept.size, bytes: kept.calculatedSize }),
    close: async () => kept.clear(),
  };
}
