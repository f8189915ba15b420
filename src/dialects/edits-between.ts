import type { JsonObject } from '#core';

/** Top-level keys whose values are not the very same; undefined removes. Pure. */
export function editsBetween(before: JsonObject, after: JsonObject): Record<string, unknown> {
  const edits: Record<string, unknown> = {};
  for (const key of Object.keys(before)) if (after[key] === undefined) edits[key] = undefined;
  for (const [key, value] of Object.entries(after)) {
    if (value !== undefined && value !== before[key]) edits[key] = value;
  }
  return edits;
}
