import { moneyText } from '#replay';
import { escapeHtml } from './escape-html.ts';

/** A pair of bars. */
export interface BarPair {
  readonly name: string;
  readonly base: number;
  readonly head: number;
}

/** Names stand above their bars, so that the whole is no wider than a phone. */
const BAR_WIDTH = 240;
const LABEL_WIDTH = 118;
const ROW_HEIGHT = 58;
/** What fits the width in nearly every font. */
const MAX_NAME = 44;

/** Money before and after, as an SVG; empty without rows. Pure. */
export function barChart(rows: readonly BarPair[]): string {
  const most = Math.max(...rows.map(({ base, head }) => Math.max(base, head)), 0);
  if (rows.length === 0 || most === 0) return '';
  const width = BAR_WIDTH + LABEL_WIDTH;
  const bars = rows.map((row, index) => bar(row, index * ROW_HEIGHT, most)).join('\n');
  return `<svg role="img" aria-label="cost of base and head by team" viewBox="0 0 ${width} ${rows.length * ROW_HEIGHT}" width="${width}">${bars}</svg>`;
}

/** Its end tells one name from another as often as its beginning. */
function shortened(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME / 2)}…${name.slice(1 - MAX_NAME / 2)}`;
}

function bar({ name, base, head }: BarPair, y: number, most: number): string {
  const size = (micro: number): string => ((BAR_WIDTH * Math.max(0, micro)) / most).toFixed(1);
  const label = (micro: number, at: number): string =>
    `<text x="${Number(size(micro)) + 6}" y="${at}">${moneyText(micro)}</text>`;
  return [
    `<text x="0" y="${y + 13}">${escapeHtml(shortened(name))}<title>${escapeHtml(name)}</title></text>`,
    `<rect class="base" x="0" y="${y + 19}" width="${size(base)}" height="13"><title>base</title></rect>${label(base, y + 30)}`,
    `<rect class="head" x="0" y="${y + 34}" width="${size(head)}" height="13"><title>head</title></rect>${label(head, y + 45)}`,
  ].join('');
}
