import { formatUsd, TOKEN_CLASSES } from '#core';
import type { UsageRequest, UsageSummary, UsageTotals } from '#state';
import { createPaint, type Paint } from '../report/colours.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import { bySoonest, countText, forecastText } from './forecast-text.ts';

const MAX_FORECASTS = 20;
const MIN_NAME = 12;

/** A column: its head and the text of a row. */
type Column<Row> = readonly [head: string, text: (row: Row) => string];

/** Usage for people: groups, what stands out, the largest requests, where budgets lead. Pure. */
export function showUsage(usage: UsageSummary, { hasColours, columns: width }: Look, nowMs: number): string {
  const paint = createPaint(hasColours);
  const { by, totals, groups, timezone, forecasts } = usage;
  const span = `${instantText(usage.from, timezone)} to ${instantText(usage.to, timezone)}`;
  const parts = [`${paint('strong', `Usage by ${by}`)}  ${paint('dim', `${span} (${timezone})`)}`];
  if (totals.requests === 0) parts.push(noneText(usage));
  else {
    const named = groups.map((line) => ({ ...line, name: line.key === '' ? `(no ${by})` : safeText(line.key) }));
    const rows = [...named, { ...totals, name: 'total', share: 1 }];
    parts.push(table(rows, columnsOf(totals), width, paint, by));
    parts.push(
      remarks(totals)
        .map((text) => wrap(text, width, ''))
        .join('\n'),
    );
  }
  for (const [title, requests] of [
    ['Largest requests by cost', usage.top.byCost],
    ['Largest requests by tokens', usage.top.byTokens],
  ] as const) {
    if (requests.length > 0) parts.push(`${paint('strong', title)}\n${requestLines(requests, width, paint)}`);
  }
  if (forecasts.length > 0) {
    const shown = forecasts.toSorted(bySoonest).slice(0, MAX_FORECASTS);
    const lines = shown.map((line) => wrap(forecastText(line, timezone, nowMs), width, '  '));
    if (forecasts.length > shown.length)
      lines.push(`  and ${forecasts.length - shown.length} more: --format json names all`);
    parts.push(`${paint('strong', 'Budgets')}\n${lines.join('\n')}`);
  }
  return `${parts.join('\n\n')}\n`;
}

type Line = UsageTotals & { readonly name: string; readonly share: number };

function columnsOf({ savedMicroUsd }: UsageTotals): readonly Column<Line>[] {
  return [
    ['requests', ({ requests }) => countText(requests)],
    ['input', ({ inputTokens }) => countText(inputTokens)],
    ['output', ({ outputTokens }) => countText(outputTokens)],
    ['cost USD', ({ costMicroUsd }) => formatUsd(costMicroUsd)],
    ...(savedMicroUsd === 0 ? [] : [['saved USD', (line: Line) => formatUsd(line.savedMicroUsd)] as const]),
    ['share', ({ share }) => `${(share * 100).toFixed(1)}%`],
  ];
}

/** The name takes what the numbers leave: those are never cut. */
function table(
  rows: readonly Line[],
  columns: readonly Column<Line>[],
  width: number,
  paint: Paint,
  by: string,
): string {
  const texts = rows.map((row) => columns.map(([, text]) => text(row)));
  const widths = columns.map(([head], at) => Math.max(head.length, ...texts.map((row) => (row[at] ?? '').length)));
  const left = Math.max(MIN_NAME, width - widths.reduce((sum, own) => sum + own + 2, 0));
  const nameWidth = Math.min(left, Math.max(by.length, ...rows.map(({ name }) => name.length)));
  const line = (name: string, cells: readonly string[]) =>
    [cut(name, nameWidth).padEnd(nameWidth), ...cells.map((cell, at) => cell.padStart(widths[at] ?? 0))].join('  ');
  const head = paint(
    'dim',
    line(
      by,
      columns.map(([text]) => text),
    ),
  );
  const body = rows.map(({ name }, at) => line(name, texts[at] ?? []));
  return [head, ...body.slice(0, -1), paint('strong', body.at(-1) ?? '')].join('\n');
}

function remarks({
  tokens,
  images,
  searchUnits,
  failed,
  fallbacks,
  estimated,
  unpriced,
}: UsageTotals): readonly string[] {
  const classes = TOKEN_CLASSES.filter((name) => tokens[name] > 0).map((name) => `${name} ${countText(tokens[name])}`);
  const pieces = [
    ...(images === 0 ? [] : [`images ${countText(images)}`]),
    ...(searchUnits === 0 ? [] : [`search units ${countText(searchUnits)}`]),
  ];
  const found = [
    [failed, 'failed'],
    [fallbacks, 'answered by a fallback'],
    [estimated, 'with tokens counted locally'],
    [unpriced, 'with a cost that is unknown and not in the sum'],
  ] as const;
  const counts = found.filter(([count]) => count > 0).map(([count, text]) => `${countText(count)} ${text}`);
  return [
    ...(classes.length === 0 ? [] : [`Tokens: ${classes.join(', ')}`]),
    ...(pieces.length === 0 ? [] : [`By the piece: ${pieces.join(', ')}`]),
    ...(counts.length === 0 ? [] : [`Requests: ${counts.join(', ')}`]),
  ];
}

function requestLines(requests: readonly UsageRequest[], width: number, paint: Paint): string {
  const tokens = Math.max(...requests.map((request) => countText(request.tokens).length));
  const cost = Math.max(...requests.map((request) => costText(request).length));
  return requests
    .map((request) => {
      const numbers = `  ${request.id}  ${countText(request.tokens).padStart(tokens)} tokens  ${costText(request).padStart(cost)} USD`;
      const who = safeText(`${request.consumer} ${request.model}`);
      return `${numbers}  ${paint('dim', cut(who, Math.max(MIN_NAME, width - numbers.length - 2)))}`;
    })
    .join('\n');
}

function costText({ costMicroUsd }: UsageRequest): string {
  return costMicroUsd === null ? 'unknown' : formatUsd(costMicroUsd);
}

function noneText({ recordedSince, timezone }: UsageSummary): string {
  return recordedSince === null
    ? 'The ledger holds no request yet.'
    : `No request in this time; the first one in the ledger came ${instantText(recordedSince, timezone)}.`;
}

/** `2026-11-19`, with the time where it is not midnight. */
function instantText(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(Date.parse(instant)).replace(/ 00:00$/, '');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
