import { type MailBlock, type MailImage, money } from '#alerts';
import type { Snapshot } from '#snapshot';
import { drawBars } from '../bar-chart.ts';
import type { ReportFigures } from '../report-figures.ts';
import type { ReportRule } from '../report-rule.ts';
import { columnMoney } from '../texts.ts';
import type { ReportWords } from '../words.ts';

/** What a section is written from, and where it leaves its images. */
export interface SectionInput {
  readonly rule: ReportRule;
  readonly figures: ReportFigures;
  readonly snapshot: Snapshot;
  readonly words: ReportWords;
  readonly images: MailImage[];
}

/** A chart with its words. */
export interface SectionChart {
  readonly name: string;
  readonly title: string;
  /** Money at the top. */
  readonly max: number;
  /** By local date. */
  readonly bars: readonly { readonly date: string; readonly value: number; readonly isBefore: boolean }[];
  readonly colour: string;
}

/** More names than this do not fit beside each other on a phone. */
const MAX_LABELS = 8;
const PALE = 0.62;

/** Draws bars by day, those of the span before paler. Effect: adds the image. */
export async function chartOf(
  { name, title, max, bars: all, colour }: SectionChart,
  input: SectionInput,
): Promise<MailBlock> {
  // Nothing known of the span before leaves no room for it.
  const bars = all.some(({ isBefore, value }) => isBefore && value > 0) ? all : all.filter(({ isBefore }) => !isBefore);
  const cid = `${name}@signalbox`;
  const bytes = await drawBars({
    bars: bars.map(({ value, isBefore }) => ({ value, colour: isBefore ? paled(colour) : colour })),
    max,
  });
  input.images.push({ cid, filename: `${name}.png`, contentType: 'image/png', base64: bytes.toString('base64') });
  const every = Math.max(1, Math.ceil(bars.length / MAX_LABELS));
  const told = bars
    .filter(({ isBefore }) => !isBefore)
    .map(({ date, value }) => `${input.words.dates(date, date)} ${money(value)}`);
  const [before, now] = input.words.spans[input.rule.period];
  return {
    kind: 'chart',
    cid,
    alt: input.words.says(title, input.words.list(told)),
    title,
    top: input.words.topLine(money(max)),
    labels: bars.map(({ date }, at) => (at % every === 0 ? dayText(date) : '')),
    legend: [
      ...(bars.some(({ isBefore }) => isBefore) ? [{ text: before, colour: paled(colour) }] : []),
      { text: now, colour },
    ],
    bars: bars.map(({ date, value, isBefore }) => ({
      ...{ label: dayText(date), text: columnMoney(value), share: max <= 0 ? 0 : value / max, isPale: isBefore },
    })),
  };
}

/** `17` of `2026-11-17`, with the month where it begins. */
function dayText(date: string): string {
  const [, month, day] = date.split('-').map(Number);
  return `${month}/${day}`;
}

function paled(colour: string): string {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(value + (255 - value) * PALE)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}
