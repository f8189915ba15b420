import { asArray, asString, isObject, type JsonObject } from '#core';
import { isForeignReasoning } from '../reasoning-origin.ts';
import { isThirdGeneration, type ModelFamily } from './model-family.ts';
import { NO_SIGNATURE } from './signature.ts';
import { fieldOf } from './spelling.ts';

/**
 * A caller's own contents without what another provider's turn left in them, which Google refuses as corrupted:
 * thoughts go whole and are named in `lost`; other parts stay without the signature. Null where there is nothing of the
 * kind, so that the body passes untouched. Pure but for `lost`.
 */
export function withoutForeign(
  contents: unknown,
  family: ModelFamily,
  lost: Set<string>,
): readonly unknown[] | JsonObject | null {
  // Google takes one content alone for a list of one.
  if (isObject(contents))
    return (withoutForeign([contents], family, lost) as readonly JsonObject[] | null)?.[0] ?? null;
  const list = asArray(contents);
  if (!list.some((content) => partsOf(content).some(isForeign))) return null;
  return list.flatMap((content, at) => {
    const parts = partsOf(content);
    if (!isObject(content) || !parts.some(isForeign)) return [content];
    const kept = parts.flatMap((part, index) => {
      if (!isForeign(part)) return [part];
      const own = ownPart(part, family);
      if (own === null) lost.add(`contents[${at}].parts[${index}] (reasoning)`);
      return own === null ? [] : [own];
    });
    return kept.length === 0 ? [] : [{ ...content, parts: kept }];
  });
}

function ownPart(part: JsonObject, family: ModelFamily): JsonObject | null {
  const { thoughtSignature: _, thought_signature: __, ...rest } = part;
  if (rest.thought === true || rest.text === '') return null;
  const isCall = fieldOf(rest, 'functionCall') !== undefined;
  return isCall && isThirdGeneration(family) ? { ...rest, thoughtSignature: NO_SIGNATURE } : rest;
}

function partsOf(content: unknown): readonly unknown[] {
  if (!isObject(content)) return [];
  return isObject(content.parts) ? [content.parts] : asArray(content.parts);
}

function isForeign(part: unknown): part is JsonObject {
  return isObject(part) && isForeignReasoning(asString(fieldOf(part, 'thoughtSignature')), 'google');
}
