import {
  asArray,
  asNumber,
  asObject,
  asString,
  type ImageRequest,
  invalidField,
  type JsonObject,
  NO_USAGE,
  omit,
  type Usage,
} from '#core';
import { readBoolean, readString } from '../read-fields.ts';
import { asIs, countOf, modelOf, passAt, readAsIs, textOf } from './fields.ts';
import { filesIn } from './form-files.ts';
import type { InboundService, Service } from './service.ts';

const KNOWN: ReadonlySet<string> = new Set(['model', 'prompt', 'n', 'stream', 'user', 'image', 'mask']);

/** `POST /v1/images/generations`, `/edits` and `/variations` (platform.openai.com/docs/api-reference/images, read 2026-11). */
export const openaiImageGeneration = imageService('/images/generations', 'json');
/** Changes pictures that come in a form. */
export const openaiImageEdit = imageService('/images/edits', 'multipart');
/** Like a picture that comes in a form. */
export const openaiImageVariation = imageService('/images/variations', 'multipart');

function imageService(path: string, form: InboundService['form']): Service {
  const pass = passAt(path);
  return Object.freeze<Service>({
    kind: 'images',
    form,
    readRequest: (body) => readRequest(body, form === 'json' ? null : path),
    pass,
    writeResponse: asIs,
    writeRequest: (request, target) => {
      if (request.kind !== 'images') throw new Error('a request of another kind');
      const { prompt, count, extra, user } = request;
      const body = { ...extra, prompt, n: count, ...(user === undefined ? {} : { user }), model: target.upstreamModel };
      return { path, query: {}, headers: {}, body, lost: [] };
    },
    readResponse: (value) =>
      readAsIs(value, 'data', (body) => ({
        images: asArray(body.data).length,
        texts: asArray(body.data).flatMap((image) => asString(asObject(image).revised_prompt) ?? []),
        usage: readImageUsage(body.usage),
      })),
    readEvent: (event) => {
      const isWhole = asString(event.type)?.endsWith('.completed') === true;
      return isWhole ? { usage: readImageUsage(event.usage), pieces: 1 } : {};
    },
    mayBeRaw: true,
  });
}

function readRequest(body: JsonObject, formPath: string | null): ImageRequest {
  const files = formPath === null ? [] : filesIn(body);
  if (formPath !== null && files.length === 0) throw invalidField('image', 'expected a file');
  const user = readString(body, 'user');
  return {
    kind: 'images',
    model: modelOf(body),
    prompt: formPath?.endsWith('/variations') ? '' : textOf(body, 'prompt'),
    count: countOf(body, 'n') ?? 1,
    sources: files.length,
    sourceBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    stream: body.stream === 'true' || (formPath === null && (readBoolean(body, 'stream') ?? false)),
    ...(user === undefined ? {} : { user }),
    extra: omit(body, KNOWN),
  };
}

/** Of models that bill pictures in tokens; the others bill the piece and report nothing. Pure. */
export function readImageUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const input = asNumber(usage.input_tokens);
  const output = asNumber(usage.output_tokens);
  return input === undefined && output === undefined
    ? undefined
    : { ...NO_USAGE, input: input ?? 0, output: output ?? 0 };
}
