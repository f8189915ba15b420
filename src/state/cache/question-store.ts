import type { DatabaseSync } from 'node:sqlite';
import type { Seal } from './seal.ts';

/** A question whose answer is kept, with its meaning. */
export interface StoredQuestion {
  /** Key of the answer. */
  readonly key: string;
  /** Digest of all that must be equal beside the text. */
  readonly scope: string;
  readonly embedder: string;
  readonly text: string;
  readonly vector: Float32Array;
  readonly expiresAtMs: number;
}

/** Keeps questions through restarts and for other processes, in the order they came. */
export interface QuestionStore {
  readonly put: (question: StoredQuestion) => Promise<void>;
  /** What came after the cursor, at most some hundreds; null to begin. An empty list means: that was all. */
  readonly after: (
    cursor: string | null,
  ) => Promise<{ readonly questions: readonly StoredQuestion[]; readonly cursor: string | null }>;
}

/** For stores that forget: the index of the process is all there is. */
export const NO_QUESTIONS: QuestionStore = Object.freeze({
  put: async () => undefined,
  after: async (cursor: string | null) => ({ questions: [], cursor }),
});

const STEP = 500;

/** Questions in the file of the answers. */
export function createSqliteQuestions(database: DatabaseSync, seal: Seal, nowMs: () => number): QuestionStore {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO questions (key, scope, embedder, expires_ms, sealed) VALUES (?, ?, ?, ?, ?)',
  );
  const select = database.prepare('SELECT * FROM questions WHERE seq > ? ORDER BY seq LIMIT ?');
  return {
    async put(question) {
      const { key, scope, embedder, expiresAtMs } = question;
      insert.run(key, scope, embedder, Math.ceil(expiresAtMs), seal.close(`q:${key}`, writeMeaning(question)));
    },
    async after(cursor) {
      const rows = select.all(Number(cursor ?? 0), STEP);
      const now = nowMs();
      const questions = rows.flatMap((row) => {
        const key = String(row.key);
        const text = Number(row.expires_ms) > now ? seal.open(`q:${key}`, row.sealed as Uint8Array) : null;
        const meaning = text === null ? null : readMeaning(text);
        if (meaning === null) return [];
        const { scope, embedder, expires_ms: expires } = row;
        return [{ key, scope: String(scope), embedder: String(embedder), expiresAtMs: Number(expires), ...meaning }];
      });
      const last = rows.at(-1)?.seq;
      return { questions, cursor: last === undefined ? cursor : String(last) };
    },
  };
}

/** Text and vector as one text. Pure. */
export function writeMeaning({ text, vector }: Pick<StoredQuestion, 'text' | 'vector'>): string {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return JSON.stringify([text, bytes.toString('base64')]);
}

/** And back; null for what is none. Pure. */
export function readMeaning(written: string): Pick<StoredQuestion, 'text' | 'vector'> | null {
  const [text, vector] = JSON.parse(written) as [unknown, unknown];
  if (typeof text !== 'string' || typeof vector !== 'string') return null;
  const bytes = Buffer.from(vector, 'base64');
  return { text, vector: new Float32Array(new Uint8Array(bytes).buffer) };
}
