import { invalidField, isObject, type JsonObject } from '#core';
import type { InboundContext, OutboundTarget, PassedRequest } from '../dialect.ts';
import { callPath } from '../gemini-path.ts';
import { applyTarget } from './apply-target.ts';
import { objectAt, objectsAt } from './fields.ts';
import { withoutForeign } from './foreign-reasoning.ts';
import { modelFamily } from './model-family.ts';
import { keyOf } from './spelling.ts';

/**
 * The edits that policy makes on a Gemini caller's own body. The model stands in the path, so a renamed model edits
 * nothing; a clamp replaces `generationConfig` whole, with all its other fields. Keys keep the caller's spelling. Throws
 * `invalid_request`. Pure.
 */
export function passRequest(body: JsonObject, target: OutboundTarget, context: InboundContext): PassedRequest {
  const lost = new Set<string>();
  const configKey = keyOf(body, 'generationConfig', '');
  const before = objectAt(body, 'generationConfig', '') ?? {};
  const config: Record<string, unknown> = { ...before };
  const top: Record<string, unknown> = { ...body };
  const family = modelFamily(target.upstreamModel);
  applyTarget({ config, top }, target, family, lost);
  const edits: Record<string, unknown> = { ...differences(body, top), ...promptEdit(body, target) };
  if (Object.keys(differences(before, config)).length > 0) edits[configKey] = config;
  const contents = withoutForeign(body.contents, family, lost);
  if (contents !== null) edits.contents = contents;
  // The path names the model; a second one in the body could only contradict it.
  if (body.model !== undefined) edits.model = undefined;
  return { ...callPath(target.upstreamModel, context.pathStream ?? false), headers: {}, edits, lost: [...lost] };
}

/** The keys whose values are not the same, with the value after; undefined where it is gone. */
function differences(before: JsonObject, after: JsonObject): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[key] !== after[key]) changed[key] = after[key];
  }
  return changed;
}

function promptEdit(body: JsonObject, target: OutboundTarget): JsonObject {
  const { prepend, append } = target.prompt;
  if (!prepend && !append) return {};
  const key = keyOf(body, 'systemInstruction', '');
  const value = body[key] ?? {};
  if (typeof value !== 'string' && !isObject(value)) throw invalidField(key, 'expected an object with parts');
  const parts = typeof value === 'string' ? [{ text: value }] : (objectsAt(value, 'parts', key) ?? []);
  return {
    [key]: {
      ...(typeof value === 'string' ? {} : value),
      parts: [...(prepend ? [{ text: prepend }] : []), ...parts, ...(append ? [{ text: append }] : [])],
    },
  };
}
