import type { JsonObject, Place, Span } from '#core';
import { isObject } from '#core';
import { type Trace, traceAt } from './trace.ts';
import type { EffectiveDocument, Path } from './types.ts';

/** An environment operation that changed a document. */
export interface AppliedOperation extends Place {
  readonly path: string;
  readonly operation: 'set' | 'remove' | 'insertBefore' | 'insertAfter' | 'replaceItem';
  readonly span: Span;
}

/** An effective document with the spans that findings need, on top of the lines that everybody sees. */
export interface Effective extends EffectiveDocument {
  readonly trace: Trace;
  readonly overlays: readonly AppliedOperation[];
}

/** What an effective document is made of. */
export interface EffectiveParts {
  readonly kind: string;
  readonly name: string;
  readonly value: JsonObject;
  readonly trace: Trace;
  readonly from: 'file' | 'catalogue';
  readonly place: Place;
  readonly overlays: readonly AppliedOperation[];
  readonly idleOperations?: EffectiveDocument['idleOperations'] | undefined;
}

/** Gives a document the ways back to its places. Pure. */
export function createEffective(parts: EffectiveParts): Effective {
  const { value, trace } = parts;
  const valueSpan = (path: Path): Span => {
    const at = traceAt(trace, path);
    return at.source.valueSpan(at.path);
  };
  const keySpan = (path: Path): Span => {
    const parent = traceAt(trace, path.slice(0, -1));
    const at = traceAt(trace, path);
    // A key belongs to the text of its parent; a value that an operation put there has no key of its own in that text.
    return at.source === parent.source ? at.source.keySpan(at.path) : at.source.valueSpan(at.path);
  };
  const { idleOperations, ...rest } = parts;
  return {
    ...rest,
    ...(idleOperations && { idleOperations }),
    valueSpan,
    keySpan,
    origin(path) {
      const at = traceAt(trace, path);
      const { file, line } = at.source.valueSpan(at.path);
      return { file, line, by: hasPath(value, path) ? at.source.by : 'default' };
    },
  };
}

/** `spec` of a document, empty when absent. Pure. */
export function specOf(document: { readonly value: JsonObject }): JsonObject {
  return isObject(document.value.spec) ? document.value.spec : {};
}

/** `Kind/name`, as operations, waivers and origins name a document. Pure. */
export function keyOf(document: { readonly kind: string; readonly name: string }): string {
  return `${document.kind}/${document.name}`;
}

function hasPath(value: unknown, path: Path): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Readonly<Record<string | number, unknown>>)[key];
  }
  return true;
}
