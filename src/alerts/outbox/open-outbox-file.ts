import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const VERSION = 1;

const SCHEMA = `
CREATE TABLE messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, receiver TEXT NOT NULL, payload TEXT,
  created_ms INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_ms INTEGER NOT NULL, ended_ms INTEGER, problem TEXT
);
CREATE INDEX messages_waiting ON messages (channel, receiver, seq) WHERE state = 'waiting';
PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the file of messages that are to be sent, making it when it is not there. Throws when it cannot be used. What is written is on the disk: messages are few, and
 * each one matters. Effects: the file, its folder, and SQLite's own files beside it.
 */
export function openOutboxFile(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('BEGIN IMMEDIATE');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (version === 0) database.exec(SCHEMA);
    else if (version !== VERSION) throw new Error(`the layout of ${file} is ${version}, not ${VERSION}: move it aside`);
    database.exec('COMMIT');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
