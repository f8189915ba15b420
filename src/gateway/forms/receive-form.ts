import type { IncomingMessage } from 'node:http';
import { GatewayError, type JsonObject } from '#core';
import type { Upload } from '#upstream';
import { boundaryOf, createFormParser } from './form-parser.ts';
import { formUpload } from './form-upload.ts';
import { createSpool } from './spool.ts';

/** A form on its way in: received once the caller is known. */
export interface InboundForm {
  /** Reads it to its end; throws 400 `invalid_request`, 413 `request_too_large`. */
  readonly receive: () => Promise<ReceivedForm>;
  readonly isReceived: () => boolean;
  readonly sizeBytes: () => number;
  readonly close: () => Promise<void>;
}

/** A form as policy and providers see it. */
export interface ReceivedForm {
  /** Text fields as texts, files as name, type and size; a name that comes again makes a list. */
  readonly body: JsonObject;
  readonly upload: Upload;
}

/** The form of a request; null when it is none. Memory: what a spool keeps there, whatever the size of the form. */
export function inboundForm(request: IncomingMessage, maxBytes: number): InboundForm | null {
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !/^multipart\/form-data/i.test(contentType)) return null;
  const boundary = boundaryOf(contentType);
  const spool = createSpool();
  let isReceived = false;

  async function receive(): Promise<ReceivedForm> {
    if (boundary === null) throw new GatewayError('invalid_request', 'the content type names no boundary of the form');
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    const parser = createFormParser(boundary);
    for await (const piece of request as AsyncIterable<Buffer>) {
      if (spool.sizeBytes() + piece.length > maxBytes) throw tooLarge();
      parser.push(piece);
      await spool.write(piece);
    }
    isReceived = true;
    const form = parser.end();
    const body: Record<string, unknown> = Object.create(null);
    for (const { name, file, text, valueAt, endsAt } of form.parts) {
      const value = file === null ? text : { ...file, sizeBytes: endsAt - valueAt };
      const known = body[name];
      body[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
    }
    return { body, upload: formUpload(spool, form, { boundary, contentType: contentType ?? '' }) };
  }

  return { receive, isReceived: () => isReceived, sizeBytes: spool.sizeBytes, close: spool.close };
}

function tooLarge(): GatewayError {
  return new GatewayError('request_too_large', 'the body is larger than this gateway takes');
}
