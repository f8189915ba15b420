import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key of this data folder's pseudonyms, made on first use and readable by its owner alone. Deleting the file forgets every subject of the records.
 * Effect: reads or writes `record-key` in the folder.
 */
export async function openRecordKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'record-key');
  const key = randomBytes(32).toString('hex');
  await mkdir(dataDir, { recursive: true });
  try {
    // Of two processes that start together, one makes the file and the other reads it.
    await writeFile(path, `${key}\n`, { flag: 'wx', mode: 0o600 });
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8')).trim();
  }
}
