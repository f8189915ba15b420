import type { ImagePart } from '#core';
import { parseDataUrl } from '../data-url.ts';

/** How the base64 of a picture begins: the API does not say of what type it is. */
const HEADS: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

/** Reads one entry of `images`; nothing where it is no text. */
export function readImageData(value: unknown): ImagePart[] {
  if (typeof value !== 'string' || value === '') return [];
  const data = parseDataUrl(value)?.data ?? value;
  const mediaType = HEADS.find(([head]) => data.startsWith(head))?.[1] ?? 'image/png';
  return [{ kind: 'image', source: { kind: 'base64', mediaType, data } }];
}
