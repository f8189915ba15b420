import { watch } from 'node:fs';

// Editors write a file in several steps, and `git checkout` many files.
const QUIET_MS = 150;

/** Calls back at once and after every change in a folder, once it has been quiet for a moment, until SIGINT or SIGTERM. Resolves then. */
export function watchFolder(folder: string, onChange: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> = Promise.resolve();
    const watcher = watch(folder, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        running = running.then(onChange).catch(end);
      }, QUIET_MS);
    });
    watcher.on('error', end);
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    // Only now, so that no change is missed between a run and the watch.
    running = running.then(onChange).catch(end);

    function stop(): void {
      end(null);
    }
    function end(error: unknown): void {
      clearTimeout(timer);
      watcher.close();
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      if (error === null) resolve();
      else reject(error);
    }
  });
}
