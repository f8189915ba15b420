import type { Place } from '#core';
import type { Snapshot } from '#snapshot';

/** The line of a field of a document (`Route/default`, `match.models`), else of the document; null where nothing names it. Pure. */
export function placeIn(snapshot: Snapshot, key: string, ...fields: readonly string[]): Place | null {
  const origin = snapshot.origins.get(key);
  if (origin === undefined) return null;
  for (const field of fields) {
    const place = origin.fields.get(field);
    if (place !== undefined) return place;
  }
  return { file: origin.file, line: origin.line };
}
