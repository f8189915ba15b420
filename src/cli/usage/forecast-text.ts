import { formatMoney } from '#core';
import type { ForecastLine } from '#state';
import { safeText } from '../report/safe-text.ts';

/** When a budget reaches its cap, in words, such as `product-month: 12.40 of 1000.00 USD (1%); at this rate it reaches its cap on Thu 19 Nov`. Pure. */
export function forecastText(line: ForecastLine, timezone: string, nowMs: number): string {
  const { budget, split, unit, limit, spent, share } = line;
  const name = split.length === 0 ? budget : `${budget}[${split.join(', ')}]`;
  const used = unit === 'cost' ? formatMoney(spent).replace(' USD', '') : countText(spent);
  return `${safeText(name)}: ${used} of ${amountText(limit, unit)} (${Math.floor(share * 100)}%); ${outlook(line, timezone, nowMs)}`;
}

/** The budgets that reach their cap, the soonest first; then the others, the fullest first. Pure. */
export function bySoonest(a: ForecastLine, b: ForecastLine): number {
  const when = ({ forecast }: ForecastLine) => forecast?.reachesLimitAt ?? '9';
  return when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : b.share - a.share;
}

function outlook({ unit, limit, spent, window, forecast }: ForecastLine, timezone: string, nowMs: number): string {
  const end = dayText(Date.parse(window.end), timezone, nowMs);
  if (spent >= limit) return `its cap is reached; its window ends ${end}`;
  if (forecast === null) return `its window ends ${end}; too early for a forecast`;
  const { reachesLimitAt, projected } = forecast;
  if (reachesLimitAt === null) return `at this rate ${amountText(projected, unit)} when its window ends ${end}`;
  return `at this rate it reaches its cap ${dayText(Date.parse(reachesLimitAt), timezone, nowMs)}`;
}

function amountText(amount: number, unit: string): string {
  if (unit === 'cost') return formatMoney(amount);
  const words: Readonly<Record<string, string>> = { inputTokens: 'input tokens', outputTokens: 'output tokens' };
  return `${countText(amount)} ${words[unit] ?? unit}`;
}

/** `on Thu 19 Nov`, or `today at 17:30`. */
function dayText(atMs: number, timeZone: string, nowMs: number): string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short' });
  if (day.format(atMs) === day.format(nowMs) && Math.abs(atMs - nowMs) < 86_400_000) {
    const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    return `today at ${time.format(atMs)}`;
  }
  return `on ${day.format(atMs).replace(',', '')}`;
}

/** A count with its thousands apart. Pure. */
export function countText(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
