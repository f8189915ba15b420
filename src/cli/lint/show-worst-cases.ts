import { formatDuration, formatMoney } from '#core';
import type { WorstCase } from '#lint';
import { safeText } from '../report/safe-text.ts';

const HEAD = ['route', 'chain', 'attempts', 'time', 'one answer', 'whole request'];

/** A table of the most that one request can do on each route; environments in which it is the same share a line. Pure. */
export function showWorstCases(worstCases: readonly WorstCase[]): string {
  if (worstCases.length === 0) return 'No route has a chain, so there is no worst case to tell.\n';
  const bySense = Map.groupBy(worstCases, ({ environment: _, ...rest }) => JSON.stringify(rest));
  const environments = new Set(worstCases.map(({ environment }) => environment)).size;
  const rows = [...bySense.values()].flatMap((alike) => {
    const [first] = alike;
    if (!first) return [];
    const where = alike.length === environments ? '' : ` (${alike.map(({ environment }) => environment).join(', ')})`;
    return [
      [
        safeText(first.route) + where,
        safeText(first.chain),
        String(first.attempts),
        first.milliseconds === null ? 'no end' : formatDuration(first.milliseconds),
        money(first.answerMicroUsd),
        money(first.requestMicroUsd),
      ],
    ];
  });
  rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const lines = [HEAD, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `The most that one request can do:\n${lines.join('\n')}\n`;
}

function money(microUsd: number | null): string {
  return microUsd === null ? 'unknown' : formatMoney(microUsd);
}
