import { formatUsd } from '#core';
import type { UsageSummary } from '#state';
import { escapeCell } from '../report/markdown.ts';
import { bySoonest, countText, forecastText } from './forecast-text.ts';

/** Usage for a comment or a wiki: the groups as a table, then where the budgets lead. Pure. */
export function usageMarkdown({ by, groups, totals, timezone, forecasts }: UsageSummary, nowMs: number): string {
  const rows = [...groups, { ...totals, key: 'total', share: 1 }].map(({ key, ...line }) => {
    const counts = [line.requests, line.inputTokens, line.outputTokens].map(countText);
    const money = [line.costMicroUsd, line.savedMicroUsd].map(formatUsd);
    return `| ${[escapeCell(key), ...counts, ...money, `${(line.share * 100).toFixed(1)}%`].join(' | ')} |`;
  });
  const head = `| ${by} | requests | input | output | cost USD | saved USD | share |\n|---|--:|--:|--:|--:|--:|--:|`;
  const budgets = forecasts.toSorted(bySoonest).map((line) => `* ${escapeCell(forecastText(line, timezone, nowMs))}`);
  return `${[head, ...rows, ...(budgets.length === 0 ? [] : ['', ...budgets])].join('\n')}\n`;
}
