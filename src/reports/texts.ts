import { type MailBlock, type MailColumn, money, number, percent } from '#alerts';
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

/** A heading and its table; nothing for no row. Pure. */
export function tableUnder(
  title: string,
  columns: readonly MailColumn[],
  rows: readonly (readonly string[])[],
): MailBlock[] {
  if (rows.length === 0) return [];
  return [
    { kind: 'heading', text: title },
    { kind: 'table', columns, rows },
  ];
}

/** A column of figures. Pure. */
export function figureColumn(text: string): MailColumn {
  return { text, align: 'right' };
}

/** A heading and a table of groups, the dearest first, with their change where one of them cost something before; nothing for no line. Pure. */
export function costLines(title: string, head: string, lines: readonly LineFigures[], words: ReportWords): MailBlock[] {
  const hasChanges = lines.some(({ beforeMicroUsd }) => beforeMicroUsd > 0);
  const cells = (name: string, own: readonly LineFigures[]) => {
    const sum = (of: (line: LineFigures) => number) => own.reduce((total, line) => total + of(line), 0);
    const [cost, before] = [sum(({ costMicroUsd }) => costMicroUsd), sum(({ beforeMicroUsd }) => beforeMicroUsd)];
    const change = before === 0 && cost > 0 ? words.isNew : changeText(cost, before);
    return [name, number(sum(({ requests }) => requests)), columnMoney(cost), ...(hasChanges ? [change] : [])];
  };
  const others = lines.slice(MAX_LINES);
  const columns = [words.requests, words.cost, ...(hasChanges ? [words.change] : [])].map(figureColumn);
  return tableUnder(
    title,
    [{ text: head }, ...columns],
    [
      ...lines.slice(0, MAX_LINES).map((line) => cells(line.key || words.nobody, [line])),
      ...(others.length === 0 ? [] : [cells(`+ ${others.length}`, others)]),
    ],
  );
}
