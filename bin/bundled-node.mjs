// Plain JavaScript for any Node from 18 on, as its neighbour.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The path of the Node that comes with the package on this platform; undefined where it is not installed. */
export function findBundledNode() {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${os}-${process.arch}/package.json`);
    const path = join(dirname(manifest), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
