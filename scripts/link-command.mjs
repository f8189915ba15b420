// Runs as `prepare` after every `npm ci` in a checkout, perhaps under an old Node: npm links the commands of
// dependencies only, and `npx signalbox` and `npm start` must find the checkout's own.
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const directory = join(root, 'node_modules', '.bin');
const link = join(directory, 'signalbox');

mkdirSync(directory, { recursive: true });
rmSync(link, { force: true });
if (process.platform === 'win32') {
  // cmd.exe reads the .cmd file, Git Bash the extensionless one; symbolic links need a privilege there.
  writeFileSync(`${link}.cmd`, '@node "%~dp0..\\..\\bin\\signalbox.mjs" %*\r\n');
  writeFileSync(link, '#!/bin/sh\nexec node "$(dirname "$0")/../../bin/signalbox.mjs" "$@"\n');
} else {
  chmodSync(join(root, 'bin', 'signalbox.mjs'), 0o755);
  symlinkSync(join('..', '..', 'bin', 'signalbox.mjs'), link);
}
