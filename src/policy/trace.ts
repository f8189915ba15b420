import { isObject, type Span } from '#core';
import type { Path } from './types.ts';

/** A text that values were written in: a policy document, an environment's operation, or the catalogue. */
export interface TraceSource {
  readonly by: 'document' | 'overlay' | 'catalogue';
  readonly valueSpan: (path: Path) => Span;
  readonly keySpan: (path: Path) => Span;
}

/**
 * Where a value was written, in the shape of the value. Without `children` everything below stands in the same source under the same keys;
 * `children` appear only where an operation or a merge put together values of different sources.
 */
export interface Trace {
  readonly source: TraceSource;
  /** Path of the value within its source. */
  readonly path: Path;
  readonly children: ReadonlyMap<string | number, Trace> | null;
}

/** A value together with where it was written. */
export interface Traced {
  readonly value: unknown;
  readonly trace: Trace;
}

/** The trace of a value that stands whole in one source. Pure. */
export function traceOf(source: TraceSource, path: Path): Trace {
  return { source, path, children: null };
}

/** The trace of the value at the path, or of its nearest ancestor that has one. Pure. */
export function traceAt(trace: Trace, path: Path): Trace {
  let at = trace;
  for (const [depth, key] of path.entries()) {
    if (at.children === null) return traceOf(at.source, [...at.path, ...path.slice(depth)]);
    const child = at.children.get(key);
    if (!child) return at;
    at = child;
  }
  return at;
}

/** The parts of an object or list with their traces, by key or position. Pure. */
export function tracedParts({ value, trace }: Traced): Map<string | number, Traced> {
  const keys = Array.isArray(value) ? value.keys() : isObject(value) ? Object.keys(value) : [];
  const parts = new Map<string | number, Traced>();
  for (const key of keys) {
    const part = (value as Readonly<Record<string | number, unknown>>)[key];
    parts.set(key, { value: part, trace: traceAt(trace, [key]) });
  }
  return parts;
}

/** Puts an object together from parts; the place of the whole stays that of `trace`. Pure. */
export function joinObject(trace: Trace, parts: ReadonlyMap<string | number, Traced>): Traced {
  const entries = [...parts].map(([key, part]) => [key, part.value] as const);
  return { value: Object.fromEntries(entries), trace: joinTrace(trace, parts) };
}

/** Puts a list together from parts; the place of the whole stays that of `trace`. Pure. */
export function joinList(trace: Trace, parts: readonly Traced[]): Traced {
  return { value: parts.map((part) => part.value), trace: joinTrace(trace, new Map(parts.entries())) };
}

function joinTrace(trace: Trace, parts: ReadonlyMap<string | number, Traced>): Trace {
  return { ...trace, children: new Map([...parts].map(([key, part]) => [key, part.trace] as const)) };
}
