import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawReport } from '../test/reports/draw-report.ts';

/** Draws the weekly report of a made-up fortnight with Chromium: `node scripts/picture-report.ts [DIR]` writes it at 390 and 1280 px, light and dark, and as a PDF. */
const out = process.argv[2] ?? 'pictures/report';
const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-report-'));
try {
  await drawReport('chromium', dataDir, out);
  console.log(`phone.png, desk.png, dark.png and report.pdf are in ${out}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
