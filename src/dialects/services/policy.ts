import type { JsonObject } from '#core';
import type { OutboundTarget } from '../dialect.ts';

/** Sets the parameters of a policy; null removes. Pure. */
export function withParams(body: JsonObject, params: JsonObject): JsonObject {
  const changed: Record<string, unknown> = { ...body };
  for (const [name, value] of Object.entries(params)) {
    if (value === null) delete changed[name];
    else changed[name] = value;
  }
  return changed;
}

/**
 * Leaves out and renames what the provider's document says; names in `lost` what is left out. A parameter that is named with a value (`encoding_format=float`)
 * goes without that value alone, which then is what the provider does anyway: nothing is lost. Pure but for `lost`.
 */
export function applyQuirks(
  body: JsonObject,
  { dropParams, renameParams }: Pick<OutboundTarget['quirks'], 'dropParams' | 'renameParams'>,
  lost: string[],
): JsonObject {
  const changed: Record<string, unknown> = { ...body };
  for (const dropped of dropParams) {
    const [name = '', value] = dropped.split('=', 2);
    if (changed[name] === undefined || (value !== undefined && changed[name] !== value)) continue;
    delete changed[name];
    if (value === undefined) lost.push(name);
  }
  for (const [from, to] of Object.entries(renameParams)) {
    if (changed[from] === undefined || from === to) continue;
    changed[to] ??= changed[from];
    delete changed[from];
  }
  return changed;
}
