/** Integer micro-USD. 1 USD = 1,000,000. Safe up to about 9 billion USD. */
export type MicroUsd = number;

const MICRO_PER_USD = 1_000_000;
const MONEY = /^(\d+)(?:\.(\d{1,6}))? USD$/;

/** Parses `"1000 USD"` or `"0.00159 USD"` into micro-USD; null when the text is not money of that form. Pure. */
export function parseMoney(text: string): MicroUsd | null {
  const found = MONEY.exec(text);
  if (!found) return null;
  const whole = Number(found[1]) * MICRO_PER_USD;
  const micro = whole + Number((found[2] ?? '').padEnd(6, '0'));
  return Number.isSafeInteger(micro) ? micro : null;
}

/** Formats micro-USD as a plain decimal with six digits, such as `0.001590`. Pure. */
export function formatUsd(micro: MicroUsd): string {
  const sign = micro < 0 ? '-' : '';
  const size = Math.abs(micro);
  const whole = Math.floor(size / MICRO_PER_USD);
  return `${sign}${whole}.${String(size % MICRO_PER_USD).padStart(6, '0')}`;
}

/** Formats micro-USD for people: at least cents, no trailing zeros beyond them, such as `12.40 USD` or `0.00159 USD`. Pure. */
export function formatMoney(micro: MicroUsd): string {
  const [whole = '0', fraction = ''] = formatUsd(micro).split('.');
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')} USD`;
}
