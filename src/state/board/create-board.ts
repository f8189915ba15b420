import type { AlertBoard } from './alert-board.ts';
import { createMemoryBoard } from './memory-board.ts';
import { createSqliteBoard } from './sqlite-board.ts';

/** Process settings of a board. */
export interface BoardOptions {
  /** As for the ledger: a URL of Redis, `memory:`, or nothing for `alerts.db` in the data folder. */
  readonly url?: string | null;
  readonly dataDir: string;
  readonly nowMs: () => number;
}

/** Opens the board that the settings name. Effects: those of the board. */
export async function createBoard({ url, dataDir, nowMs }: BoardOptions): Promise<AlertBoard> {
  if (url === 'memory:') return createMemoryBoard(nowMs);
  if (!url) return createSqliteBoard(dataDir, nowMs);
  const { createRedisBoard } = await import('./redis-board.ts');
  return createRedisBoard(url, nowMs);
}
