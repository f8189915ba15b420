import { join } from 'node:path';
import type { AnswerStore, PurgeQuery } from './answer-store.ts';
import { openCacheFile } from './open-cache-file.ts';
import { createSqliteQuestions } from './question-store.ts';
import type { Seal } from './seal.ts';

export interface SqliteAnswersOptions {
  readonly dataDir: string;
  readonly nowMs: () => number;
  readonly seal: Seal;
  readonly maxBytes: number;
}

// An answer that is asked for often is noted as used this often at most: a hit stays a read.
const USE_STEP_MS = 60_000;
const SWEEP_EVERY = 256;
// Of a row beside its bytes, indexes included.
const OVERHEAD = 512;

/** Opens the store of a machine, `cache.db`: shared by its processes, kept through kill -9, bounded by bytes. */
export function createSqliteAnswers({ dataDir, nowMs, seal, maxBytes }: SqliteAnswersOptions): AnswerStore {
  const database = openCacheFile(join(dataDir, 'cache.db'));
  const select = database.prepare('SELECT * FROM answers WHERE key = ?');
  const insert = database.prepare('INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const touch = database.prepare('UPDATE answers SET used_ms = ? WHERE key = ?');
  const forget = database.prepare('DELETE FROM answers WHERE key = ?');
  const expire = database.prepare('DELETE FROM answers WHERE expires_ms <= ?');
  const total = database.prepare('SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM answers');
  const oldest = database.prepare('SELECT key, bytes FROM answers ORDER BY used_ms LIMIT 64');
  let sinceSweep = 0;
  let roughBytes = Number(total.get()?.bytes ?? 0);

  /** Other processes write too: the true size is read now and then, and counted up in between. */
  function sweep(): void {
    sinceSweep = 0;
    expire.run(nowMs());
    database.prepare('DELETE FROM questions WHERE expires_ms <= ?').run(nowMs());
    roughBytes = Number(total.get()?.bytes ?? 0);
    while (roughBytes > maxBytes) {
      const rows = oldest.all();
      if (rows.length === 0) break;
      for (const { key, bytes } of rows) {
        forget.run(String(key));
        roughBytes -= Number(bytes);
        if (roughBytes <= maxBytes * 0.95) break;
      }
    }
  }

  return {
    kind: 'sqlite',
    questions: createSqliteQuestions(database, seal, nowMs),
    async get(key) {
      const row = select.get(key);
      if (row === undefined) return null;
      const now = nowMs();
      const text = Number(row.expires_ms) > now ? seal.open(key, row.sealed as Uint8Array) : null;
      if (text === null) {
        forget.run(key);
        return null;
      }
      if (now - Number(row.used_ms) > USE_STEP_MS) touch.run(now, key);
      const labels = {
        cache: String(row.cache),
        route: String(row.route),
        consumer: String(row.consumer),
        tags: JSON.parse(String(row.tags)) as string[],
      };
      return { key, labels, storedAtMs: Number(row.stored_ms), expiresAtMs: Number(row.expires_ms), text };
    },
    async put({ key, labels, storedAtMs, expiresAtMs, text }) {
      const sealed = seal.close(key, text);
      const bytes = sealed.length + OVERHEAD;
      if (bytes > maxBytes) return;
      const { cache, route, consumer, tags } = labels;
      const now = nowMs();
      const row = [key, cache, route, consumer, JSON.stringify(tags), storedAtMs, Math.ceil(expiresAtMs), now, bytes];
      insert.run(...row, sealed);
      roughBytes += bytes;
      sinceSweep += 1;
      if (sinceSweep >= SWEEP_EVERY || roughBytes > maxBytes) sweep();
    },
    async purge(query) {
      const { where, values } = whereOf(query);
      const { changes } = database.prepare(`DELETE FROM answers WHERE ${where}`).run(...values);
      database.exec('DELETE FROM questions WHERE key NOT IN (SELECT key FROM answers)');
      return Number(changes);
    },
    async size() {
      const row = total.get();
      return { entries: Number(row?.entries ?? 0), bytes: Number(row?.bytes ?? 0) };
    },
    async close() {
      database.close();
    },
  };
}

function whereOf({ cache, route, consumer, tag, key }: PurgeQuery): {
  readonly where: string;
  readonly values: readonly string[];
} {
  const terms: [string, string][] = [];
  if (cache !== undefined) terms.push(['cache = ?', cache]);
  if (route !== undefined) terms.push(['route = ?', route]);
  if (consumer !== undefined) terms.push(['consumer = ?', consumer]);
  if (tag !== undefined) terms.push(['EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', tag]);
  // Keys are hex, as the caller of a purge has checked: none of them holds a wild card.
  if (key !== undefined) terms.push(["key LIKE ? || '%'", key]);
  return {
    where: terms.length === 0 ? '1' : terms.map(([term]) => term).join(' AND '),
    values: terms.map(([, value]) => value),
  };
}
