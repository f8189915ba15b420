import type { JsonObject } from '#core';
import { camelCase } from './spelling.ts';

/** Fields that say more about a part and do not name its kind. */
const ATTRIBUTES = new Set(['thought', 'thoughtSignature', 'videoMetadata', 'mediaResolution', 'partMetadata']);

/** The field that names a part's kind, such as `executableCode`; undefined where there is none. Pure. */
export function partType(part: JsonObject): string | undefined {
  return Object.keys(part)
    .map(camelCase)
    .find((key) => !ATTRIBUTES.has(key));
}
