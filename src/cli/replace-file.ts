import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file's content in one step: whoever reads meanwhile (a gateway that watches the folder) sees the old or the new text, never half of one.
 * Mode and links stay. The new text is written beside it under a hidden name, which loading ignores.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path);
  const { mode } = await stat(target);
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(beside, text, { mode });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
