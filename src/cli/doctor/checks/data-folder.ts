import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { listRecordFiles } from '#decision-log';
import type { Check } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

const LEAST_FREE_BYTES = 64 * 1024 * 1024;
const LITTLE_FREE_BYTES = 1024 ** 3;
const OTHERS = 0o077;

/** Whether the data folder is this user's to write, has room, keeps its key to itself, and whether its records can be read. */
export const checkDataFolder: Check = async ({ options: { dataDir = '.signalbox' } }) => {
  const found = await stat(dataDir).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error && found.code !== 'ENOENT') return [unusable(dataDir, found.code ?? found.message)];
  if (found instanceof Error) {
    const parent = await nearestFolder(resolve(dataDir));
    if (!(await isWritable(parent))) return [unusable(dataDir, `${parent} cannot be written by this user`)];
    return [good('data', dataDir, 'not there yet; the gateway makes it'), ...(await checkRoom(parent))];
  }
  if (!found.isDirectory()) return [unusable(dataDir, 'it is no folder')];
  if (!(await isWritable(dataDir))) return [unusable(dataDir, 'this user may not write there')];
  const room = await checkRoom(dataDir);
  return [
    good('data', dataDir, 'this user can write there'),
    ...room,
    ...(await checkKey(dataDir)),
    ...(await checkRecords(dataDir)),
  ];
};

function unusable(where: string, why: string): Outcome {
  const hint = 'Name another folder by --data-dir or SIGNALBOX_DATA_DIR, or give this user the right to write there.';
  return { check: 'data', status: 'error', where, message: `the data folder cannot be used: ${why}`, hint };
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  return parent === path || (await stat(parent).catch(() => null)) !== null ? parent : nearestFolder(parent);
}

async function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function checkRoom(folder: string): Promise<readonly Outcome[]> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB are free`;
  if (free >= LITTLE_FREE_BYTES) return [good('data', folder, message)];
  const status = free < LEAST_FREE_BYTES ? 'error' : 'warn';
  return [
    { check: 'data', status, where: folder, message, hint: 'Free some space, or shorten how long records are kept.' },
  ];
}

/** Pseudonyms of the records are no secret to whoever reads the key. */
async function checkKey(dataDir: string): Promise<readonly Outcome[]> {
  const where = join(dataDir, 'record-key');
  const found = await stat(where).catch(() => null);
  if (found === null || process.platform === 'win32' || (found.mode & OTHERS) === 0) return [];
  const message = `others than its owner may read the key of pseudonyms (mode ${(found.mode & 0o777).toString(8)})`;
  return [{ check: 'data', status: 'warn', where, message, hint: `chmod 600 ${where}` }];
}

async function checkRecords(dataDir: string): Promise<readonly Outcome[]> {
  const where = join(dataDir, 'records');
  try {
    const files = await listRecordFiles(where);
    await Promise.all(files.map(({ path }) => access(path, constants.R_OK)));
    const [newest] = files;
    if (newest === undefined) return [good('records', where, 'no decision records yet')];
    const since = new Date(newest.startedMs).toISOString().slice(0, 10);
    return [
      good(
        'records',
        where,
        `${files.length} file${files.length === 1 ? '' : 's'} can be read, the newest of ${since}`,
      ),
    ];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = 'Give this user the right to read the folder and its files.';
    return [{ check: 'records', status: 'warn', where, message: `records cannot be read (${code})`, hint }];
  }
}
