/** Bars, drawn to a PNG without a ground, for light and dark pages: mail clients show nothing else everywhere. Words stand beside it as text, in the language and font of the mail. */
export interface BarChart {
  /** From left to right; colours as `#rrggbb`. */
  readonly bars: readonly { readonly value: number; readonly colour: string }[];
  /** The value at the top. */
  readonly max: number;
}

/** Twice the size at which it is shown, for dense screens. */
const WIDTH = 1184;
const HEIGHT = 280;
const GRID = '#98a2b3';
/** Of 255: faint on a white page and on a dark one. */
const GRID_OPACITY = 90;
const LINES = 4;
const LINE_PX = 2;
const BAR_SHARE = 0.62;
const RADIUS = 6;

/** Draws it. Loads the encoder. */
export async function drawBars({ bars, max }: BarChart): Promise<Buffer> {
  const { PNG } = await import('pngjs');
  const image = new PNG({ width: WIDTH, height: HEIGHT });
  const paint = (left: number, top: number, right: number, bottom: number, colour: string, opacity = 255) => {
    const pixel = [...[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)), opacity];
    for (let y = Math.round(top); y < Math.round(bottom); y++) {
      for (let x = Math.round(left); x < Math.round(right); x++) image.data.set(pixel, (y * WIDTH + x) * 4);
    }
  };
  for (let line = 0; line <= LINES; line++) {
    const top = (line / LINES) * (HEIGHT - LINE_PX);
    paint(0, top, WIDTH, top + LINE_PX, GRID, GRID_OPACITY);
  }
  const step = WIDTH / Math.max(1, bars.length);
  bars.forEach(({ value, colour }, at) => {
    if (value <= 0 || max <= 0) return;
    const left = step * (at + (1 - BAR_SHARE) / 2);
    const right = left + step * BAR_SHARE;
    // What is not nothing is seen.
    const height = Math.max(LINE_PX * 2, Math.min(1, value / max) * HEIGHT);
    const top = HEIGHT - height;
    const round = Math.min(RADIUS, height);
    for (let row = 0; row < round; row++) {
      // The corners of a circle, one line at a time.
      const inset = round - Math.sqrt(round * round - (round - row - 0.5) ** 2);
      paint(left + inset, top + row, right - inset, top + row + 1, colour);
    }
    paint(left, top + round, right, HEIGHT, colour);
  });
  return PNG.sync.write(image);
}
