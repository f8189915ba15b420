import type { DatabaseSync } from 'node:sqlite';

/** Names that processes take, each for a while; rarely used, so that they go to their table at once. */
export interface SqliteClaims {
  /** False when somebody has the name; inside a transaction. */
  readonly claim: (name: string, forMs: number, nowMs: number) => boolean;
  readonly claimedAt: (names: readonly string[], nowMs: number) => Readonly<Record<string, number>>;
  /** Deletes so many of those whose time is over; inside a transaction. */
  readonly prune: (nowMs: number, limit: number) => void;
}

/** Prepares the statements. Effects: on the database. */
export function createSqliteClaims(database: DatabaseSync): SqliteClaims {
  const claim = database.prepare(
    `INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET at_ms = excluded.at_ms, until_ms = excluded.until_ms
     WHERE until_ms <= ?`,
  );
  const claimed = database.prepare('SELECT at_ms FROM claims WHERE name = ? AND until_ms > ?');
  const prune = database.prepare(
    'DELETE FROM claims WHERE name IN (SELECT name FROM claims WHERE until_ms <= ? LIMIT ?)',
  );
  return {
    claim: (name, forMs, nowMs) => Number(claim.run(name, nowMs, nowMs + forMs, nowMs).changes) > 0,
    claimedAt: (names, nowMs) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const row = claimed.get(name, nowMs);
          return row === undefined ? [] : [[name, Number(row.at_ms)] as const];
        }),
      ),
    prune: (nowMs, limit) => void prune.run(nowMs, limit),
  };
}
