import type { Place } from '#core';
import type { Snapshot } from '#snapshot';

/** Where the first of the given fields of a document is written, else where the document begins; null for what no file declares. */
export function placeOf(
  snapshot: Pick<Snapshot, 'origins'>,
  document: string,
  ...fields: readonly string[]
): Place | null {
  const origin = snapshot.origins.get(document);
  if (origin === undefined) return null;
  for (const field of fields) {
    const found = origin.fields.get(field);
    if (found !== undefined) return { file: found.file, line: found.line };
  }
  return { file: origin.file, line: origin.line };
}
