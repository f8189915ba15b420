import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError, type JsonObject } from '#core';
import type { Upload } from '#upstream';
import type { Deadlines } from '../body-deadlines.ts';
import { askToContinue, readPieces, tooLarge } from '../inbound-body.ts';
import { boundaryOf, createFormParser } from './form-parser.ts';
import { formUpload } from './form-upload.ts';
import { createSpool } from './spool.ts';

/** A form on its way in: received once the caller is known. */
export interface InboundForm {
  /** Reads it to its end; null where the caller hung up. Throws 400 `invalid_request`, 408 `request_timeout`, 413 `request_too_large`. */
  readonly receive: () => Promise<ReceivedForm | null>;
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
export function inboundForm(
  request: IncomingMessage,
  reply: ServerResponse,
  maxBytes: number,
  deadlines: Deadlines,
): InboundForm | null {
  const contentType = request.headers['content-type'];
  if (contentType === undefined || !/^multipart\/form-data/i.test(contentType)) return null;
  const spool = createSpool();

  async function receive(): Promise<ReceivedForm | null> {
    const boundary = boundaryOf(contentType ?? '');
    if (boundary === null) throw new GatewayError('invalid_request', 'the content type names no boundary of the form');
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    const parser = createFormParser(boundary);
    askToContinue(request, reply);
    const isWhole = await readPieces(request, deadlines, (piece) => {
      if (spool.sizeBytes() + piece.length > maxBytes) throw tooLarge();
      parser.push(piece);
      return spool.write(piece);
    });
    if (!isWhole) return null;
    const form = parser.end();
    const body: Record<string, unknown> = Object.create(null);
    for (const { name, file, text, valueAt, endsAt } of form.parts) {
      const value = file === null ? text : { ...file, sizeBytes: endsAt - valueAt };
      const known = body[name];
      body[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
    }
    return { body, upload: formUpload(spool, form, { boundary, contentType: contentType ?? '' }) };
  }

  return { receive, sizeBytes: spool.sizeBytes, close: spool.close };
}
