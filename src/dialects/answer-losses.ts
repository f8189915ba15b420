import type { AssistantPart, OpaquePart } from '#core';

const NAME = /^[A-Za-z0-9_.:-]{1,48}$/;

/** The short name of a part that a caller's dialect has no place for: its kind, or its type in its own dialect. Pure. */
export function nameOfPart(part: AssistantPart | OpaquePart): string {
  if (part.kind === 'opaque') return nameOfType(part.type);
  return part.kind === 'reasoning' && part.redacted !== undefined ? 'reasoning (redacted)' : part.kind;
}

/** A type as a provider names it, where it looks like a name; else `unknown`, so that no text of an answer is repeated. Pure. */
export function nameOfType(type: unknown): string {
  return typeof type === 'string' && NAME.test(type) ? type : 'unknown';
}
