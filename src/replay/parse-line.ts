import { isObject } from '#core';
import type { TrafficRecord } from '#decision-log';

/** A line of a recording: a record, or what is wrong with it. `cut` is a last line that ends in its middle. */
export type ParsedLine =
  | { readonly kind: 'record'; readonly record: TrafficRecord }
  | { readonly kind: 'cut' | 'invalid'; readonly message: string };

/** Reads one line. `isOpen` says that it is the last one and has no line end. Pure. */
export function parseLine(text: string, isOpen: boolean): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return isOpen
      ? { kind: 'cut', message: 'the last line ends in its middle' }
      : { kind: 'invalid', message: 'not JSON' };
  }
  const problem = problemOf(value);
  return problem === null ? { kind: 'record', record: value as TrafficRecord } : { kind: 'invalid', message: problem };
}

/** What keeps a parsed line from being a record; null for one. Pure. */
export function problemOf(value: unknown): string | null {
  if (!isObject(value)) return 'not an object';
  const { v, id, at, request } = value;
  if (v !== 1)
    return typeof v === 'number' ? `version ${v}; this program reads version 1` : 'no `v`; a record has `"v": 1`';
  if (typeof id !== 'string' || id === '') return 'no `id`';
  if (!isObject(request)) return 'no `request`';
  if (!hasTime(at, value.facts)) return 'no `at`, or no time in it';
  return typeof request.endpoint === 'string' ? null : 'no `request.endpoint`';
}

/** Reading the clock's number is a tenth of the price of reading the date. */
function hasTime(at: unknown, facts: unknown): boolean {
  if (typeof at !== 'string') return false;
  const nowMs = isObject(facts) ? facts.nowMs : undefined;
  return nowMs === undefined ? !Number.isNaN(Date.parse(at)) : Number.isFinite(nowMs);
}
