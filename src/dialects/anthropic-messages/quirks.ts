import { asArray, type JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';

/** The top-level edits that a provider's quirks ask for: too many stop sequences, dropped and renamed fields. */
export function quirkEdits(
  body: JsonObject,
  quirks: OutboundTarget['quirks'],
  lost: string[],
): Record<string, unknown> {
  const edits: Record<string, unknown> = {};
  const stops = asArray(body.stop_sequences);
  if (quirks.maxStopSequences !== null && stops.length > quirks.maxStopSequences) {
    edits.stop_sequences = stops.slice(0, quirks.maxStopSequences);
    for (let at = quirks.maxStopSequences; at < stops.length; at++) lost.push(`stop[${at}]`);
  }
  for (const key of quirks.dropParams) {
    if (body[key] === undefined) continue;
    edits[key] = undefined;
    lost.push(key);
  }
  for (const [from, to] of Object.entries(quirks.renameParams)) {
    const value = from in edits ? edits[from] : body[from];
    if (value === undefined) continue;
    edits[from] = undefined;
    edits[to] = value;
  }
  return edits;
}
