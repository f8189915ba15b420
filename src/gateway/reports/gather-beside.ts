import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ReportFigures } from '#reports';
import type { FiguresQuery } from './figures-of-folder.ts';

/** In a checkout the sources run as they are, in the package their build. */
const SUFFIX = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';

/** The figures of a data folder, read in a thread of their own. Rejects when the folder cannot be read. */
export async function gatherBeside(query: FiguresQuery): Promise<ReportFigures | null> {
  const worker = new Worker(new URL(`./figures-thread.${SUFFIX}`, import.meta.url), { workerData: query });
  // An error in the thread rejects this as well.
  const [figures] = (await once(worker, 'message')) as [ReportFigures | null];
  await worker.terminate();
  return figures;
}
