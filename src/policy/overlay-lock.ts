import type { Span } from '#core';
import { asArray, asObject, asString } from '#core';
import { type Effective, specOf } from './effective.ts';
import { type PathStep, parseOverlayPath } from './overlay-path.ts';
import type { ParsedDocument } from './types.ts';

/** What an environment forbids its own operations to touch. */
export interface Lock {
  /** As written: `Kind/name` or `Kind/name:path`. */
  readonly text: string;
  readonly target: string;
  /** Empty for the whole document. */
  readonly steps: readonly PathStep[];
  readonly span: Span;
}

/** The locks of an environment. Pure. */
export function readLocks(environment: ParsedDocument, isKnown: (target: string) => boolean): readonly Lock[] {
  return asArray(specOf(environment).lock).map((entry, index) => {
    const text = asString(entry) ?? '';
    const [target, path] = splitLock(text, isKnown);
    return { text, target, steps: parseOverlayPath(path) ?? [], span: environment.valueSpan(['spec', 'lock', index]) };
  });
}

/** The first lock that forbids changing the node: the node itself, something around it, or something within it is locked. Pure. */
export function findLock(locks: readonly Lock[], target: string, steps: readonly PathStep[]): Lock | undefined {
  return locks.find((lock) => lock.target === target && isPrefixOfEither(lock.steps, steps));
}

/** A locked guardrail that a route named and no longer names: taking it off every route would undo the lock. Pure. */
export function lostGuardrails(route: Effective, editedSpec: unknown, locks: readonly Lock[]): Lock | undefined {
  if (route.kind !== 'Route') return undefined;
  const before = asArray(specOf(route).guardrails);
  const after = new Set(asArray(asObject(editedSpec).guardrails));
  const lost = new Set(before.filter((name) => !after.has(name)).map((name) => `Guardrail/${name}`));
  return locks.find((lock) => lost.has(lock.target));
}

/** Names may hold colons too (`Model/ollama/llama3:8b`): the longest text before a colon that names a document is the target. */
function splitLock(text: string, isKnown: (target: string) => boolean): readonly [string, string] {
  for (let at = text.length; at > 0; at = text.lastIndexOf(':', at - 1)) {
    if (isKnown(text.slice(0, at))) return [text.slice(0, at), text.slice(at + 1)];
  }
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function isPrefixOfEither(a: readonly PathStep[], b: readonly PathStep[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) if (a[at]?.text !== b[at]?.text) return false;
  return true;
}
