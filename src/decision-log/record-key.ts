import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key of this data folder's pseudonyms, made on first use and readable by its owner alone. Deleting the file forgets every subject of the records.
 * Effect: reads or writes `record-key` in the folder.
 */
export async function openRecordKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'record-key');
  const beside = `${path}.${randomBytes(4).toString('hex')}`;
  await mkdir(dataDir, { recursive: true });
  try {
    // A link puts the whole key there or nothing: of two processes that start together, one makes it and both read it.
    await writeFile(beside, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    await link(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(beside, { force: true });
  }
  return (await readFile(path, 'utf8')).trim();
}
