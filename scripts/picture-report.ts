import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawReport } from '../test/reports/draw-report.ts';
import { sampleReports } from '../test/reports/sample-reports.ts';
import { picturePages } from '../test/support/picture-pages.ts';

/** Draws the weekly report of a made-up fortnight with Chromium at 390 and 1280 px, light and dark, and as a PDF; and reports of nothing and of too much, in English and Japanese: `node scripts/picture-report.ts [DIR]`. */
const out = process.argv[2] ?? 'pictures/report';
const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-report-'));
try {
  await drawReport('chromium', dataDir, out);
  for (const language of ['en', 'ja'] as const)
    for (const [device, widthPx, isDark] of [
      ['phone', 390, false] as const,
      ['desk', 1280, false] as const,
      ['dark', 390, true] as const,
    ])
      picturePages('chromium', await sampleReports(language), {
        ...{ widthPx, isDark, heightPx: 3600, directory: join(out, language), name: device },
      });
  console.log(`phone.png, desk.png, dark.png and report.pdf are in ${out}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
