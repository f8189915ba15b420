import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** How a page came out. */
export interface Drawn {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** What a reader would call broken, in words: see `page-faults.js`. */
  readonly faults: readonly string[];
}

const MEASURE = readFileSync(join(import.meta.dirname, 'page-faults.js'), 'utf8');
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
const GAP_PX = 20;
const COLUMNS = 4;

/**
 * Draws pages beside one another in Chromium, each in a frame of that width (a window cannot be as narrow as a phone), and tells how wide and high their content came out and what is broken in it. Effects: writes `NAME.html` and
 * `NAME.png` into the folder.
 */
export function picturePages(chromium: string, pages: readonly PictureOf[], options: PictureOptions): readonly Drawn[] {
  const { widthPx, heightPx, directory, name, isDark = false } = options;
  mkdirSync(directory, { recursive: true });
  const frames = pages.map(
    ({ html }) =>
      `<iframe width="${widthPx}" height="${heightPx}" srcdoc="${html.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`,
  );
  const file = join(directory, `${name}.html`);
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><style>body{margin:0;display:flex;flex-wrap:wrap;gap:${GAP_PX}px;background:#888}iframe{border:0;flex:none;background:Canvas;color-scheme:${isDark ? 'dark' : 'light'}}</style>
${frames.join('\n')}
<script>${MEASURE}
onload = () => {
  document.body.dataset.drawn = JSON.stringify([...document.querySelectorAll('iframe')].map(({ contentDocument: page }) => ({
    widthPx: page.documentElement.scrollWidth, heightPx: page.body.scrollHeight, faults: pageFaults(page),
  })));
};</script>`,
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
  const drawn = JSON.parse(unescaped(/data-drawn="([^"]+)"/.exec(dom)?.[1] ?? 'null')) as Omit<Drawn, 'name'>[] | null;
  if (drawn === null) throw new Error('the pages were not drawn');
  return drawn.map((each, at) => ({ name: pages[at]?.name ?? '', ...each }));
}

/** An attribute as Chromium writes it out. */
function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&quot;': '"',
    '&lt;': '<',
    '&gt;': '>',
    '&nbsp;': '\u00a0',
    '&amp;': '&',
  };
  return text.replace(/&\w+;/g, (found) => signs[found] ?? found);
}
