import { newCache } from 'transitory';
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

/**
 * Creates a store in memory, bounded by bytes by W-TinyLFU (Einziger, Friedman and Manes 2017): what is asked for seldom goes first, so that a run of questions that nobody repeats does
 * not push out those that many ask.
 */
export function createMemoryAnswers({ nowMs, seal, maxBytes }: MemoryAnswersOptions): AnswerStore {
  const kept = newCache<string, Kept>()
    .maxSize(maxBytes)
    .withWeigher((_, { sealed }) => sealed.length + OVERHEAD)
    .build();
  return {
    kind: 'memory',
    questions: NO_QUESTIONS,
    async get(key) {
      const found = kept.getIfPresent(key);
      if (found === null) return null;
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
      // Else the bound would hold only at the next turn.
      kept.cleanUp();
    },
    async purge(query) {
      const keys = kept.keys().filter((key) => {
        const labels = kept.peek(key)?.labels;
        return labels !== undefined && fitsPurge(query, key, labels);
      });
      for (const key of keys) kept.delete(key);
      return keys.length;
    },
    size: async () => ({ entries: kept.size, bytes: kept.weightedSize }),
    close: async () => kept.clear(),
  };
}
