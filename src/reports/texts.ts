import { type MailBlock, money, number, percent } from '#alerts';
import type { LineFigures } from './report-figures.ts';
import type { ReportWords } from './words.ts';

const MAX_LINES = 10;
const STEPS = [1, 1.5, 2, 3, 4, 6, 8, 10];

/** `+12%` against the span before; nothing where that is not known or held nothing. Pure. */
export function changeText(now: number, before: number | null): string {
  if (before === null || before === 0) return '';
  const change = (now - before) / before;
  if (Math.abs(change) < 0.005) return '±0%';
  return `${change > 0 ? '+' : '−'}${percent(Math.abs(change))}`;
}

/** A figure with its change against the span before, where there is one: `39.60 USD (+12%)`. Pure. */
export function withTrend(text: string, now: number, before: number | null, words: ReportWords): string {
  const change = changeText(now, before);
  return change === '' ? text : `${text}${words.note(change)}`;
}

/** Money in a column of a table, where cents stand below cents: `24.00 USD`, `0.0016 USD`. Pure. */
export function columnMoney(micro: number): string {
  return money(micro).replace(/^([\d,]+) /, '$1.00 ');
}

/** An amount in a budget's unit: `1,000 USD`, `20,000 tokens`. Pure. */
export function amountText(value: number, unit: string, words: ReportWords): string {
  return unit === 'cost' ? money(value) : `${number(value)} ${words.units[unit] ?? unit}`;
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

/** A heading and a table of groups, the dearest first, with their change where the span before is known; nothing for no line. Pure. */
export function costLines(
  title: string,
  head: string,
  lines: readonly LineFigures[],
  { words, isFirst }: { readonly words: ReportWords; readonly isFirst: boolean },
): MailBlock[] {
  if (lines.length === 0) return [];
  const withChange = (cells: readonly string[], change: string) => (isFirst ? cells : [...cells, change]);
  const shown = lines.slice(0, MAX_LINES);
  const others = lines.slice(MAX_LINES);
  const sum = (of: (line: LineFigures) => number) => others.reduce((total, line) => total + of(line), 0);
  const rows = shown.map(({ key, requests, costMicroUsd, beforeMicroUsd }) =>
    withChange(
      [key || words.nobody, number(requests), columnMoney(costMicroUsd)],
      beforeMicroUsd === 0 && costMicroUsd > 0 ? words.isNew : changeText(costMicroUsd, beforeMicroUsd),
    ),
  );
  if (others.length > 0)
    rows.push(
      withChange(
        [
          `+ ${others.length}`,
          number(sum(({ requests }) => requests)),
          columnMoney(sum(({ costMicroUsd }) => costMicroUsd)),
        ],
        changeText(
          sum(({ costMicroUsd }) => costMicroUsd),
          sum(({ beforeMicroUsd }) => beforeMicroUsd),
        ),
      ),
    );
  return [
    { kind: 'heading', text: title },
    {
      kind: 'table',
      columns: [
        { text: head },
        { text: words.requests, align: 'right' },
        { text: words.cost, align: 'right' },
        ...(isFirst ? [] : [{ text: words.change, align: 'right' as const }]),
      ],
      rows,
    },
  ];
}
