import type { JsonObject } from '#core';
import type { Upload } from '#upstream';
import type { Progress } from './progress.ts';
import { readAsked } from './read-asked.ts';
import { shapeFacts } from './request-facts.ts';

/** From here on a changed body is the body, for estimates, cache keys and every provider; limits on its size still mean what was received. */
export function replaceBody(progress: Progress, body: JsonObject, bytes: Uint8Array, upload: Upload | null): void {
  const { call, request } = progress;
  const { shape, service } = readAsked(call, body, upload);
  progress.service = service;
  progress.body = body;
  progress.bytes = bytes;
  progress.shape = shape;
  if (request === null) return;
  const { bodyBytes } = request;
  progress.request = { ...request, ...shapeFacts(shape, upload === null ? bytes.length : bodyBytes), bodyBytes };
}
