import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a test context offers to clean up after itself. */
export type Cleanup = { after(clean: () => void | Promise<void>): void };

/** Makes an empty directory that goes away after the test; `files` maps relative paths to their text. */
export function makeTempDirectory(t: Cleanup, files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return directory;
}
