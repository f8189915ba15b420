import { type MicroUsd, parseBytes, parseDuration, parseMoney, parseShare } from '#core';

/** A schema-valid duration in milliseconds. Throws on any other text: that would be a bug of the schema. Pure. */
export function toMs(text: string): number {
  return valid(parseDuration(text), text);
}

/** A duration in milliseconds, null when absent. Pure. */
export function toMsOrNull(text: string | null | undefined): number | null {
  return text === undefined || text === null ? null : toMs(text);
}

/** A schema-valid byte size. Throws on any other text. Pure. */
export function toBytes(text: string): number {
  return valid(parseBytes(text), text);
}

/** A schema-valid share as a ratio. Throws on any other text. Pure. */
export function toRatio(text: string): number {
  return valid(parseShare(text), text);
}

/** Schema-valid money in micro-USD. Throws on any other text. Pure. */
export function toMicroUsd(text: string): MicroUsd {
  return valid(parseMoney(text), text);
}

/** The first instant of a bare date in UTC, or the instant of a date with time; milliseconds since 1970. Throws on any other text. Pure. */
export function toInstant(text: string): number {
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  return valid(Number.isNaN(ms) ? null : ms, text);
}

const DECIMAL = /^(\d+)(?:\.(\d*))?$/;

/**
 * A decimal text in USD as integer micro-USD, without floating point: a seventh fractional digit rounds half up. Throws on any other text. Pure.
 */
export function decimalToMicroUsd(text: string): MicroUsd {
  const found = DECIMAL.exec(text);
  const digits = (found?.[2] ?? '').padEnd(7, '0');
  const micro = BigInt(`${found?.[1] ?? '0'}${digits.slice(0, 6)}`) + (digits.charAt(6) >= '5' ? 1n : 0n);
  return valid(found && micro <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(micro) : null, text);
}

function valid(value: number | null, text: string): number {
  if (value === null) throw new Error(`the schema let \`${text}\` pass as a quantity`);
  return value;
}
