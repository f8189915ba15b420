import { type MailBlock, money, number, percent } from '#alerts';
import type { LineFigures } from './report-figures.ts';
import type { ReportWords } from './words.ts';

const MAX_LINES = 10;
const STEPS = [1, 1.5, 2, 3, 4, 6, 8, 10];

/** ` (+12%)` against the span before; nothing where that is not known or held nothing. Pure. */
export function trendText(now: number, before: number | null): string {
  if (before === null || before === 0) return '';
  const change = (now - before) / before;
  if (Math.abs(change) < 0.005) return ' (±0%)';
  return ` (${change > 0 ? '+' : '−'}${percent(Math.abs(change))})`;
}

/** Answered of asked, `99.2%`, never rounded up to all. Pure. */
export function successText(answered: number, asked: number, words: ReportWords): string {
  if (asked <= 0) return words.unknown;
  return `${(Math.floor((answered / asked) * 1000) / 10).toFixed(1)}%`;
}

/** The next round value above, for the top of a chart. Pure. */
export function roundAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (STEPS.find((step) => step * power >= value) ?? 10) * power;
}

/** A heading and a table of groups, the dearest first; nothing for no line. Pure. */
export function costLines(title: string, head: string, lines: readonly LineFigures[], words: ReportWords): MailBlock[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MAX_LINES);
  const others = lines.slice(MAX_LINES);
  const sum = (of: (line: LineFigures) => number) => others.reduce((total, line) => total + of(line), 0);
  const rows = shown.map((line) => [
    line.key || words.nobody,
    number(line.requests),
    money(line.costMicroUsd),
    line.beforeMicroUsd === 0 ? words.isNew : trendText(line.costMicroUsd, line.beforeMicroUsd).trim().slice(1, -1),
  ]);
  if (others.length > 0)
    rows.push([
      `+ ${others.length}`,
      number(sum(({ requests }) => requests)),
      money(sum(({ costMicroUsd }) => costMicroUsd)),
      '',
    ]);
  return [
    { kind: 'heading', text: title },
    {
      kind: 'table',
      columns: [
        { text: head },
        { text: words.requests, align: 'right' },
        { text: words.cost, align: 'right' },
        { text: words.change, align: 'right' },
      ],
      rows,
    },
  ];
}
