import { isObject, type JsonObject, NO_USAGE, parseJson, type Usage } from '#core';

/** A number, also one written as text; undefined for anything else. Pure. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A text that says something; undefined for anything else. Pure. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The first value of the paths that is there; a path is dotted. Pure. */
export function pick(object: JsonObject, ...paths: readonly string[]): unknown {
  for (const path of paths) {
    let value: unknown = object;
    for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** A time: ISO text (UTC when it names no zone), or seconds, milliseconds or nanoseconds since 1970 by their size. Undefined for anything else. Pure. */
export function timeOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) {
    if (number > 1e17) return Math.round(number / 1e6);
    if (number > 1e14) return Math.round(number / 1000);
    return Math.round(number > 1e11 ? number : number * 1000);
  }
  const text = textOf(value)?.trim();
  const found = text === undefined ? null : /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(\.\d+)?)?(.*)$/.exec(text);
  if (found === null || found === undefined) return undefined;
  const [, day, clock = '00:00:00', fraction = '', zone = ''] = found;
  const atMs = Date.parse(
    `${day}T${clock}${fraction.slice(0, 4)}${zone.trim() === '' ? 'Z' : zone.trim().replace(/^UTC$/i, 'Z')}`,
  );
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Tokens in and out, cached ones taken out of the input; null when neither is known. Pure. */
export function usageOf(input: number | undefined, output: number | undefined, cacheRead = 0): Usage | null {
  if (input === undefined && output === undefined) return null;
  const read = Math.min(cacheRead, input ?? 0);
  return { ...NO_USAGE, input: Math.max(0, (input ?? 0) - read), cacheRead: read, output: Math.max(0, output ?? 0) };
}

/** USD as micro-USD; undefined for anything else. Pure. */
export function microUsdOf(value: unknown): number | undefined {
  const usd = numberOf(value);
  return usd === undefined || usd < 0 ? undefined : Math.round(usd * 1_000_000);
}

/** The texts, numbers and switches of an object as texts; what is nested is left out. Pure. */
export function flatTexts(value: unknown): Readonly<Record<string, string>> | undefined {
  const object = typeof value === 'string' ? parseJson(value) : value;
  if (!isObject(object)) return undefined;
  const kept = Object.entries(object).filter(([, each]) => ['string', 'number', 'boolean'].includes(typeof each));
  return Object.fromEntries(kept.map(([key, each]) => [key, String(each)]));
}
