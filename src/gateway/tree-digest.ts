import { createHash } from 'node:crypto';
import type { LoadedTree } from '#policy';

/** The digest of a tree's bytes, by which an unchanged tree is known without compiling it. Pure. */
export function treeDigest({ sources, diagnostics }: LoadedTree): string {
  const hash = createHash('sha256');
  for (const { file, bytes } of sources) hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  for (const { rule, file, message } of diagnostics) hash.update(`\0${rule}\0${file}\0${message}`);
  return hash.digest('hex');
}
