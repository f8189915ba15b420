import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fortnight, writeHistory } from '../test/reports/write-history.ts';

/** Draws the weekly report of a made-up fortnight with Chromium: `node scripts/picture-report.ts [DIR]` writes it at 390 and 1280 px, and as a PDF. */
const out = process.argv[2] ?? 'pictures';
const END = '2026-11-23';
const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-report-'));
try {
  mkdirSync(out, { recursive: true });
  await writeHistory(dataDir, fortnight(Date.parse('2026-11-22T15:00:00Z')));
  const page = join(out, 'report.html');
  const command = join(import.meta.dirname, '../bin/signalbox.mjs');
  execFileSync(process.execPath, [command, 'report', 'monday', '--data-dir', dataDir, '--at', END, '--out', page]);
  const chromium = (...args: string[]) =>
    execFileSync(
      'chromium',
      ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', ...args, pathToFileURL(page).href],
      { stdio: 'ignore' },
    );
  chromium('--window-size=500,3300', `--screenshot=${join(out, 'report-phone.png')}`);
  chromium('--window-size=1280,2700', `--screenshot=${join(out, 'report-desk.png')}`);
  chromium('--no-pdf-header-footer', `--print-to-pdf=${join(out, 'report.pdf')}`);
  console.log(`report.html, report-phone.png, report-desk.png and report.pdf are in ${out}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
