import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { picturePages } from '../support/picture-pages.ts';
import { fortnight, writeHistory } from './write-history.ts';

const COMMAND = join(import.meta.dirname, '../../bin/signalbox.mjs');
const END = '2026-11-23';

/** How a report came out of the browser. */
export interface DrawnReport {
  readonly sizes: Readonly<Record<'phone' | 'desk' | 'dark', { readonly widthPx: number; readonly heightPx: number }>>;
  /** The bytes of the PDF. */
  readonly pdf: Buffer;
}

/** Writes the weekly report of a made-up fortnight and draws it: on a phone, on a desk, on a dark screen, on paper. Effects: a ledger in `dataDir`, pictures and a PDF in `out`. */
export async function drawReport(chromium: string, dataDir: string, out: string): Promise<DrawnReport> {
  mkdirSync(out, { recursive: true });
  await writeHistory(dataDir, fortnight(Date.parse('2026-11-22T15:00:00Z')));
  const page = join(out, 'report.html');
  execFileSync(process.execPath, [COMMAND, 'report', 'monday', '--data-dir', dataDir, '--at', END, '--out', page]);
  const html = readFileSync(page, 'utf8');
  const draw = (name: string, widthPx: number, heightPx: number, isDark = false) => {
    const [size] = picturePages(chromium, [{ name, html }], { widthPx, heightPx, directory: out, name, isDark });
    return { widthPx: size?.widthPx ?? 0, heightPx: size?.heightPx ?? 0 };
  };
  const sizes = {
    phone: draw('phone', 390, 3700),
    desk: draw('desk', 1280, 3000),
    dark: draw('dark', 390, 3700, true),
  };
  const file = join(out, 'report.pdf');
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer', `--print-to-pdf=${file}`];
  execFileSync(chromium, [...flags, pathToFileURL(page).href], { stdio: 'ignore' });
  return { sizes, pdf: readFileSync(file) };
}
