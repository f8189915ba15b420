import type { JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import { fitParts } from './fit-parts.ts';

/** The two names of the output cap. */
const CAPS: readonly string[] = ['max_completion_tokens', 'max_tokens'];

/** Sets the parameters of a policy; `max_tokens` means the cap under whichever name the body has it. Null removes. Pure. */
export function withParams(body: JsonObject, params: JsonObject): JsonObject {
  const entries = Object.entries(params);
  if (entries.length === 0) return body;
  const changed: Record<string, unknown> = { ...body };
  for (const [key, value] of entries) {
    const name = CAPS.includes(key) ? capKey(changed) : key;
    if (value === null) delete changed[name];
    else changed[name] = value;
  }
  return changed;
}

/** The name under which a body carries the output cap; the newer one where it has none. Pure. */
export function capKey(body: JsonObject): string {
  return CAPS.find((key) => (body[key] ?? null) !== null) ?? 'max_completion_tokens';
}

/** Applies what a provider does differently; names in `lost` what it refuses. Pure but for `lost`. */
export function applyQuirks(body: JsonObject, quirks: OutboundTarget['quirks'], lost: string[]): JsonObject {
  const changed: Record<string, unknown> = { ...body };
  const { maxStopSequences, efforts = {}, parts = {} } = quirks;
  const effort = changed.reasoning_effort;
  if (typeof effort === 'string' && efforts[effort] !== undefined) changed.reasoning_effort = efforts[effort];
  if (Object.keys(parts).length > 0) changed.messages = fitParts(changed.messages, parts);
  if (Array.isArray(changed.stop) && maxStopSequences !== null && changed.stop.length > maxStopSequences) {
    for (let at = maxStopSequences; at < changed.stop.length; at++) lost.push(`stop[${at}]`);
    if (maxStopSequences === 0) delete changed.stop;
    else changed.stop = changed.stop.slice(0, maxStopSequences);
  }
  for (const name of quirks.dropParams) {
    if (changed[name] === undefined) continue;
    delete changed[name];
    lost.push(name);
  }
  for (const [from, to] of Object.entries(quirks.renameParams)) {
    if (changed[from] === undefined) continue;
    if (changed[to] === undefined) changed[to] = changed[from];
    delete changed[from];
  }
  return changed;
}
