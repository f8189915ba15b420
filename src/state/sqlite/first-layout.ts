import type { DatabaseSync } from 'node:sqlite';
import type { KeyName, PackedHold } from './row-codec.ts';

/** A hold as the first layout had it: the name of each part was not in a list of its own. */
type FirstHold = readonly [string, 0 | 1, readonly (readonly [...KeyName, number, number, number, number])[], string];

// Not in files of its earliest versions.
const LATER_TABLES = `
CREATE TABLE IF NOT EXISTS claims (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claims_to_forget ON claims (until_ms);
CREATE TABLE IF NOT EXISTS notes (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
`;

const TAKEN_OVER = `
INSERT INTO waiting (key, at_ms, kind, body) SELECT key, at_ms, kind, body FROM outbox ORDER BY at_ms, key;
INSERT INTO waiting (key, at_ms, kind, body) SELECT key, at_ms, kind, body FROM notes ORDER BY seq;
DROP TABLE holds;
DROP TABLE ended;
DROP TABLE outbox;
DROP TABLE notes;
`;

/**
 * Takes over what a ledger of the first layout holds into the tables that are there beside its own, which go: a gateway of that layout that still runs finds an
 * outage, where it would otherwise write past the journal. Effects: on the database, inside a transaction.
 */
export function takeOverFirstLayout(database: DatabaseSync): void {
  database.exec(LATER_TABLES);
  const put = database.prepare('INSERT INTO leases VALUES (?, ?, ?, ?)');
  const all = database.prepare(
    'SELECT id, 1 AS is_open, until_ms AS due_ms, record FROM holds UNION ALL SELECT id, 0, forget_at_ms, record FROM ended',
  );
  for (const { id, is_open, due_ms, record } of all.all()) {
    put.run(String(id), Number(is_open), Number(due_ms), JSON.stringify(renamed(String(record))));
  }
  database.exec(TAKEN_OVER);
}

function renamed(record: string): PackedHold<KeyName> {
  const [owner, isSettled, parts, memo] = JSON.parse(record) as FirstHold;
  return [
    owner,
    isSettled,
    parts.map(([key, budget, limit, spanMs, endMs, ...rest]) => [[key, budget, limit, spanMs, endMs], ...rest]),
    memo,
  ];
}
