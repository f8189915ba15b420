import { formatDuration } from '#core';

/** Seconds as a duration; undefined for what cannot be one. */
export function seconds(value: number | undefined): string | undefined {
  return milliseconds(value === undefined ? undefined : value * 1000);
}

/** Milliseconds as a duration; undefined for what cannot be one. */
export function milliseconds(value: number | undefined): string | undefined {
  if (value === undefined || !Number.isFinite(value) || value <= 0 || value > 31_536_000_000) return undefined;
  return formatDuration(Math.max(1, Math.round(value)));
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: 2_592_000_000,
};

/** A span as other systems write it (`30s`, `1h30m`, `1mo`, or bare seconds) in milliseconds; undefined for what is none. */
export function spanMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const plain = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(plain)) return Number(plain) * 1000;
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*(ms|mo|min|sec|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('').length !== plain.replace(/\s/g, '').length)
    return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0), 0);
}

/** A span of another system as the window of a budget: the calendar period of that length where there is one, else a rolling span. */
export function windowOf(
  text: string | undefined,
): { readonly every: string; readonly timezone: string } | { readonly rolling: string } | undefined {
  const plain = text?.trim().toLowerCase();
  const calendar = plain === undefined ? undefined : CALENDAR[plain];
  if (calendar !== undefined) return { every: calendar, timezone: 'UTC' };
  const rolling = milliseconds(spanMs(plain));
  return rolling === undefined ? undefined : { rolling };
}

const CALENDAR: Readonly<Record<string, string>> = {
  hour: 'hour',
  hourly: 'hour',
  '1h': 'hour',
  '60m': 'hour',
  day: 'day',
  daily: 'day',
  '1d': 'day',
  '24h': 'day',
  week: 'week',
  weekly: 'week',
  '7d': 'week',
  '1w': 'week',
  month: 'month',
  monthly: 'month',
  '1mo': 'month',
  '30d': 'month',
};
