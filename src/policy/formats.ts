import { fullFormats } from 'ajv-formats/dist/formats.js';
import { parseBytes, parseDuration, parseMoney, parseShare } from '#core';
import { isCidr } from './ip-network.ts';

/** A textual form: whether a text has it, what it is called in a sentence, and one that does. */
export interface TextFormat {
  readonly isValid: (text: string) => boolean;
  readonly form: string;
  readonly example: string;
}

/** Every `format` that a policy schema may name. */
export const TEXT_FORMATS: Readonly<Record<string, TextFormat>> = Object.freeze({
  'signalbox-duration': {
    isValid: (text) => parseDuration(text) !== null,
    form: 'a duration with a unit (ms, s, m, h, d, w)',
    example: '30s',
  },
  'signalbox-money': {
    isValid: (text) => parseMoney(text) !== null,
    form: 'an amount of money in USD, with at most six decimals',
    example: '1000 USD',
  },
  'signalbox-money-rate': {
    isValid: isMoneyRate,
    form: 'an amount of money per hour, day, week or month',
    example: '50 USD/day',
  },
  'signalbox-share': { isValid: (text) => parseShare(text) !== null, form: 'a share in percent', example: '80%' },
  'signalbox-bytes': {
    isValid: (text) => parseBytes(text) !== null,
    form: 'a size with a unit (B, KiB, MiB, GiB)',
    example: '64KiB',
  },
  'signalbox-decimal': {
    isValid: (text) => /^\d{1,9}(\.\d{1,12})?$/.test(text),
    form: 'a decimal number in quotes',
    example: '"2.50"',
  },
  'signalbox-timezone': { isValid: isTimeZone, form: 'a time zone of the IANA database', example: 'Asia/Tokyo' },
  'signalbox-cron': {
    isValid: isCron,
    form: 'a schedule of five fields: minute, hour, day of month, month, day of week',
    example: '"0 9 * * MON"',
  },
  'signalbox-cidr': { isValid: isCidr, form: 'an IP address or a network in CIDR notation', example: '10.0.0.0/8' },
  'signalbox-sha256': {
    isValid: (text) => /^[0-9a-f]{64}$/.test(text),
    form: 'a SHA-256 digest of 64 lower-case hexadecimal digits',
    example: `9f86d081${'…'}`,
  },
  'signalbox-time': {
    isValid: (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text),
    form: 'a time of day',
    example: '"14:00"',
  },
  'signalbox-budget-split': {
    isValid: (text) => /^(consumer|route|model|provider|(label|metadata)\..+)$/.test(text),
    form: '`consumer`, `route`, `model`, `provider`, `label.<name>` or `metadata.<name>`',
    example: 'label.team',
  },
  'signalbox-partition': {
    isValid: (text) => /^(consumer|route|(label|metadata|header)\..+)$/.test(text),
    form: '`consumer`, `route`, `label.<name>`, `metadata.<name>` or `header.<name>`',
    example: 'label.team',
  },
  date: { isValid: (text) => passes(fullFormats.date, text), form: 'a date that exists', example: '2026-11-23' },
  'date-time': {
    isValid: (text) => passes(fullFormats['date-time'], text),
    form: 'a time with its offset',
    example: '2026-11-23T09:00:00+09:00',
  },
  uri: { isValid: isUrl, form: 'a URL with its scheme', example: 'https://api.example.com/v1' },
});

/** The shapes in which ajv-formats publishes its checks. */
function passes(format: unknown, text: string): boolean {
  if (format instanceof RegExp) return format.test(text);
  if (typeof format === 'function') return format(text) === true;
  return passes((format as { readonly validate: unknown }).validate, text);
}

function isMoneyRate(text: string): boolean {
  const [money = '', unit = '', ...rest] = text.split('/');
  return rest.length === 0 && parseMoney(money) !== null && /^(hour|day|week|month)$/.test(unit);
}

function isTimeZone(text: string): boolean {
  if (text === 'UTC') return true;
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `example.com:8080` parses as a URL of the scheme `example.com`: two slashes are asked for, except by the built-in sandbox provider. */
function isUrl(text: string): boolean {
  if (/^sandbox:[\w-]+$/.test(text)) return true;
  return !/\s/.test(text) && /^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text) && URL.canParse(text);
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const CRON_FIELDS: readonly { readonly low: number; readonly high: number; readonly names: readonly string[] }[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: ['', ...MONTHS] },
  { low: 0, high: 7, names: DAYS },
];

function isCron(text: string): boolean {
  const fields = text.split(' ');
  if (fields.length !== CRON_FIELDS.length) return false;
  return CRON_FIELDS.every(({ low, high, names }, index) => {
    const toNumber = (value: string): number => {
      const named = value === '' ? -1 : names.indexOf(value.toUpperCase());
      return named >= 0 ? named : /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
    };
    const isInRange = (value: number): boolean => value >= low && value <= high;
    return (fields[index] ?? '').split(',').every((part) => {
      const [range = '', step, ...rest] = part.split('/');
      if (rest.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false;
      if (range === '*') return true;
      const [from = '', to, ...more] = range.split('-');
      const start = toNumber(from);
      if (more.length > 0 || !isInRange(start)) return false;
      if (to === undefined) return true;
      return isInRange(toNumber(to)) && toNumber(to) >= start;
    });
  });
}
