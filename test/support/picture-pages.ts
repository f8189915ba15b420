import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A page to be drawn. */
export interface PictureOf {
  readonly name: string;
  readonly html: string;
}

export interface PictureOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly directory: string;
  readonly name: string;
  /** As on a screen whose reader wants dark pages. */
  readonly isDark?: boolean;
}

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
const GAP_PX = 20;
const COLUMNS = 4;

/**
 * Draws pages beside one another in Chromium, each in a frame of that width (a window cannot be as narrow as a phone), and tells how wide and high their content came out. Effects: writes `NAME.html` and
 * `NAME.png` into the folder.
 */
export function picturePages(
  chromium: string,
  pages: readonly PictureOf[],
  options: PictureOptions,
): readonly { readonly name: string; readonly widthPx: number; readonly heightPx: number }[] {
  const { widthPx, heightPx, directory, name, isDark = false } = options;
  mkdirSync(directory, { recursive: true });
  const frames = pages.map(
    ({ html }) =>
      `<iframe width="${widthPx}" height="${heightPx}" srcdoc="${html.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`,
  );
  const file = join(directory, `${name}.html`);
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><style>body{margin:0;display:flex;flex-wrap:wrap;gap:${GAP_PX}px;background:#888}iframe{border:0;flex:none;background:#fff;color-scheme:${isDark ? 'dark' : 'light'}}</style>
${frames.join('\n')}
<script>onload = () => { document.body.dataset.sizes = JSON.stringify([...document.querySelectorAll('iframe')].map(({ contentDocument }) => [contentDocument.documentElement.scrollWidth, contentDocument.body.scrollHeight])); }</script>`,
  );
  const url = pathToFileURL(file).href;
  const columns = Math.min(pages.length, COLUMNS);
  const rows = Math.ceil(pages.length / columns);
  const window = `--window-size=${columns * (widthPx + GAP_PX)},${rows * (heightPx + GAP_PX)}`;
  const picture = `--screenshot=${join(directory, `${name}.png`)}`;
  const dom = execFileSync(chromium, [...FLAGS, window, picture, '--dump-dom', url], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const sizes = JSON.parse(/data-sizes="([^"]+)"/.exec(dom)?.[1] ?? 'null') as readonly [number, number][] | null;
  if (sizes === null) throw new Error('the pages were not drawn');
  return pages.map((page, at) => ({ name: page.name, widthPx: sizes[at]?.[0] ?? 0, heightPx: sizes[at]?.[1] ?? 0 }));
}
