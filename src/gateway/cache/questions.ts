import { LRUCache } from 'lru-cache';
import { createVectorIndex, type Similar } from '#cache';
import type { QuestionStore, StoredQuestion } from '#state';

/** The questions of kept answers, searched by meaning in this process and kept in the store. */
export interface Questions {
  /** The most similar questions of the scope, best first, those of other processes included. */
  readonly search: (
    embedder: string,
    scope: string,
    vector: Float32Array,
    threshold: number,
  ) => Promise<readonly Similar<KnownQuestion>[]>;
  readonly put: (question: StoredQuestion) => Promise<void>;
  /** Questions that an embedder made which is none of these, the oldest first, at most so many; those of the given keys are left out. */
  readonly outdated: (embedders: ReadonlySet<string>, limit: number, but: ReadonlySet<string>) => readonly Outdated[];
  /**
   * Whether the question of that key still has to be embedded by this embedder, as after a change of embedders; true once a minute at most, so that one caller does it. False while the store
   * is still read: that begins now where it has not.
   */
  readonly claim: (embedder: string, key: string) => boolean;
  /** The answer of that key is no longer there. */
  readonly forget: (key: string) => void;
  /** Resolves when everything that the store knew has been read. */
  readonly ready: () => Promise<void>;
  readonly size: () => number;
}

/** What the index keeps of a question beside its meaning. */
export type KnownQuestion = Pick<StoredQuestion, 'key' | 'text' | 'expiresAtMs'>;

/** A question that has to be embedded anew, all but its vector. */
export type Outdated = Omit<StoredQuestion, 'vector'>;

export interface QuestionsOptions {
  readonly store: () => QuestionStore;
  readonly nowMs: () => number;
}

const MAX_QUESTIONS = 200_000;
const CANDIDATES = 8;
// Other processes' questions are looked for so often at most.
const FOLLOW_MS = 1000;
const CLAIM_MS = 60_000;
const MAX_CLAIMS = 10_000;

/** Creates the index; it reads the store at its first use, some hundred questions at a time, and follows it from then on. */
export function createQuestions({ store, nowMs }: QuestionsOptions): Questions {
  const index = createVectorIndex<KnownQuestion>(MAX_QUESTIONS);
  let cursor: string | null = null;
  let following: Promise<void> | null = null;
  let followedMs = Number.NEGATIVE_INFINITY;
  const claims = new LRUCache<string, number>({ max: MAX_CLAIMS });

  function add({ key, scope, embedder, text, vector, expiresAtMs }: StoredQuestion): void {
    index.put(`${embedder} ${scope}`, key, vector, { key, text, expiresAtMs });
  }

  async function follow(): Promise<void> {
    for (;;) {
      const { questions, cursor: next } = await store().after(cursor);
      if (next === cursor) break;
      cursor = next;
      questions.forEach(add);
      // A long list does not hold up the requests.
      await new Promise(setImmediate);
    }
    followedMs = nowMs();
  }

  function followOnce(): Promise<void> {
    following ??= follow().finally(() => {
      following = null;
    });
    return following;
  }

  return {
    async search(embedder, scope, vector, threshold) {
      const isFirst = followedMs === Number.NEGATIVE_INFINITY;
      // What is not read yet is a miss; only the first look waits a turn, since a small list is there at once.
      if (nowMs() - followedMs > FOLLOW_MS) {
        const reading = followOnce().catch(() => undefined);
        await (isFirst ? Promise.race([reading, new Promise(setImmediate)]) : reading);
      }
      const now = nowMs();
      return index
        .search(`${embedder} ${scope}`, vector, threshold, CANDIDATES)
        .filter(({ item }) => item.expiresAtMs > now);
    },
    async put(question) {
      add(question);
      await store().put(question);
    },
    outdated(embedders, limit, but) {
      const found: Outdated[] = [];
      const now = nowMs();
      for (const { scope: place, key, item } of index.entries()) {
        const space = place.indexOf(' ');
        const embedder = place.slice(0, space);
        if (embedders.has(embedder) || item.expiresAtMs <= now || but.has(key)) continue;
        found.push({ ...item, embedder, scope: place.slice(space + 1) });
        if (found.length === limit) break;
      }
      return found;
    },
    claim(embedder, key) {
      if (followedMs === Number.NEGATIVE_INFINITY) {
        void followOnce().catch(() => undefined);
        return false;
      }
      if (index.scopeOf(key)?.startsWith(`${embedder} `) === true) return false;
      const now = nowMs();
      if (now - (claims.get(key) ?? Number.NEGATIVE_INFINITY) < CLAIM_MS) return false;
      claims.set(key, now);
      return true;
    },
    forget: index.remove,
    ready: followOnce,
    size: index.size,
  };
}
