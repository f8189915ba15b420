import { type MicroUsd, parseMoney } from '#core';

const PER_DAY: Readonly<Record<string, number>> = { hour: 24, day: 1, week: 1 / 7, month: 1 / 30 };

/** `50 USD/day` as micro-USD for a day; a month has 30 days. Null for other text. Pure. */
export function parseDailyRate(text: string): MicroUsd | null {
  const slash = text.indexOf('/');
  const money = parseMoney(text.slice(0, slash).trim());
  const factor = PER_DAY[text.slice(slash + 1).trim()];
  return money === null || factor === undefined ? null : Math.round(money * factor);
}
