import type { AnswerStore } from './answer-store.ts';
import { createMemoryAnswers } from './memory-answers.ts';
import { createSeal, readSealKeys } from './seal.ts';
import { createSqliteAnswers } from './sqlite-answers.ts';

/** Process settings of the store of answers. */
export interface AnswerStoreOptions {
  /** As for the ledger: a URL of Redis, `memory:`, or nothing for `cache.db` in the data folder. */
  readonly url?: string | null;
  readonly dataDir: string;
  readonly nowMs: () => number;
  /** `SIGNALBOX_CACHE_KEY`: kept answers are sealed with it; several with commas between them are a rotation, the newest first. */
  readonly sealKey?: string | null;
  /** Bound of what is kept on this machine; Redis has its own. */
  readonly maxBytes?: number;
}

const MEMORY_BYTES = 64 * 1024 * 1024;
const DISK_BYTES = 1024 * 1024 * 1024;

/** Opens the store of answers that the settings name. Throws StoreOpenError for a seal key that is none. Effects: those of the store. */
export async function createAnswerStore(options: AnswerStoreOptions): Promise<AnswerStore> {
  const { url, dataDir, nowMs, maxBytes } = options;
  const seal = createSeal(readSealKeys(options.sealKey));
  if (url === 'memory:') return createMemoryAnswers({ nowMs, seal, maxBytes: maxBytes ?? MEMORY_BYTES });
  if (!url) return createSqliteAnswers({ dataDir, nowMs, seal, maxBytes: maxBytes ?? DISK_BYTES });
  const { createRedisAnswers } = await import('./redis-answers.ts');
  return createRedisAnswers({ url, nowMs, seal });
}
