import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Makes a folder of `docs/` hold exactly these pages, by file name; with `--check` compares instead, names what differs and sets the exit code to 1.
 * The folder belongs to the generator alone: a page of something that is gone goes too.
 */
export function writePages(folder: string, pages: ReadonlyMap<string, string>, generator: string): void {
  const directory = join(root, folder);
  mkdirSync(directory, { recursive: true });
  const present = readdirSync(directory).filter((file) => file.endsWith('.md'));
  const left = present.filter((file) => !pages.has(file));
  const changed = [...pages.keys()].filter(
    (file) => !present.includes(file) || readFileSync(join(directory, file), 'utf8') !== pages.get(file),
  );
  if (!process.argv.includes('--check')) {
    for (const file of left) rmSync(join(directory, file));
    for (const file of changed) writeFileSync(join(directory, file), pages.get(file) ?? '');
    return;
  }
  const stale = [...changed, ...left].sort();
  if (stale.length === 0) return;
  process.stderr.write(`${folder} is stale (${stale.join(', ')}): run "node ${generator}"\n`);
  process.exitCode = 1;
}
