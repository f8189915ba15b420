import type { MicroUsd } from '#core';

const MONEY = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SMALL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2, maximumFractionDigits: 6 });
const ENVIRONMENTS: Readonly<Record<string, string>> = { production: 'prod', development: 'dev', staging: 'staging' };

/** `1,000 USD`, `12.40 USD`, `0.0016 USD`. Pure. */
export function money(micro: MicroUsd): string {
  const usd = micro / 1_000_000;
  const format = Number.isInteger(usd) ? WHOLE : Math.abs(usd) >= 0.01 ? MONEY : SMALL;
  return `${format.format(usd)} USD`;
}

/** `83%`, `6.2%`, `0.04%`: two digits that matter. Pure. */
export function percent(ratio: number): string {
  const value = ratio * 100;
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  // 79.6 of 80 must not read as if the limit were reached.
  const rounded = digits === 0 ? Math.floor(value + 1e-9) : Number(value.toFixed(digits));
  return `${rounded}%`;
}

/** `2,000`. Pure. */
export function number(value: number): string {
  return WHOLE.format(value);
}

/** `340 ms`, `3.4 s`, `5 min`, `2.5 h`, `95 d`. Pure. */
export function span(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ] as const;
  const [size, unit] = units.find(([least]) => ms >= least) ?? [1, 'ms'];
  const value = ms / size;
  return `${value >= 100 || Number.isInteger(value) ? Math.round(value) : Number(value.toPrecision(2))} ${unit}`;
}

/** An amount in a budget's unit: `1,000 USD`, `20,000 tokens`. Pure. */
export function amount(value: number, unit: string): string {
  if (unit === 'cost') return money(value);
  return `${number(value)} ${unit === 'inputTokens' ? 'input tokens' : unit === 'outputTokens' ? 'output tokens' : unit}`;
}

/** `prod` for `production`. Pure. */
export function shortEnvironment(name: string): string {
  return ENVIRONMENTS[name] ?? name;
}

/** `2026-11-19 17:40 JST`-like, in a time zone. Pure. */
export function moment(atMs: number, timezone: string): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZoneName: 'short' },
  } as const);
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute} ${parts.timeZoneName}`;
}

/** When a cap is reached, as one would say it today: `at 17:40`, `on the 19th`, `on 2027-01-03`. Pure. */
export function capWhen(atMs: number, nowMs: number, timezone: string): string {
  const day = (ms: number) => moment(ms, timezone).slice(0, 10);
  if (day(atMs) === day(nowMs)) return `at ${moment(atMs, timezone).slice(11, 16)}`;
  if (day(atMs).slice(0, 7) === day(nowMs).slice(0, 7)) return `on the ${ordinal(Number(day(atMs).slice(8)))}`;
  return `on ${day(atMs)}`;
}

function ordinal(value: number): string {
  const isTeen = value % 100 >= 11 && value % 100 <= 13;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

/** Backticks would be shown as such: what they mean to a channel is taken away with all other formatting. Pure. */
export function withoutCode(step: string): string {
  return step.replaceAll('`', '');
}
