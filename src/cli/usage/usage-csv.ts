import { formatUsd, TOKEN_CLASSES } from '#core';
import type { UsageSummary } from '#state';

/** Spreadsheets take a cell that begins so for a formula, and run it. Source: OWASP, "CSV Injection", read 2026-11. */
const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/;

/** The groups as CSV (RFC 4180), one line each, money in USD. Texts that a spreadsheet would run are led by an apostrophe. Pure. */
export function usageCsv({ by, groups }: UsageSummary): string {
  const head = [by, 'requests', 'failed', 'fallbacks', 'estimated', 'unpriced', ...TOKEN_CLASSES];
  const rows = groups.map(({ key, requests, failed, fallbacks, estimated, unpriced, tokens, ...line }) => [
    textCell(key),
    ...[requests, failed, fallbacks, estimated, unpriced],
    ...TOKEN_CLASSES.map((name) => tokens[name]),
    ...[formatUsd(line.costMicroUsd), formatUsd(line.savedMicroUsd), line.share.toFixed(4)],
    ...[line.images, line.searchUnits],
  ]);
  return [[...head, 'cost_usd', 'saved_usd', 'share', 'images', 'searchUnits'], ...rows]
    .map((row) => `${row.join(',')}\r\n`)
    .join('');
}

function textCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
