import { isUtf8 } from 'node:buffer';
import { GatewayError, invalidField, isObject, type JsonObject } from '#core';
import { inboundService } from '#dialects';
import type { Upload } from '#upstream';
import type { InboundCall } from './inbound-call.ts';

/** A body, and the form that it came as, where it did. */
export interface ReadBody {
  readonly body: JsonObject;
  readonly upload: Upload | null;
}

/** The body of a call: a form is received now, anything else is JSON that is there. Null where the caller hung up. Throws 400 `invalid_request`, 408 `request_timeout`, 413 `request_too_large`. */
export async function receiveBody({ bytes, form, dialect, context }: InboundCall): Promise<ReadBody | null> {
  const expected = inboundService(dialect.name, context.service)?.form ?? 'json';
  if (form === null) return { body: readBody(bytes), upload: null };
  if (expected === 'json') {
    throw new GatewayError('invalid_request', 'the body is a form; expected a JSON object with its content type');
  }
  return form.receive();
}

/** Parses a body once; everything later reads the result. Throws 400 `invalid_request`. Pure. */
export function readBody(bytes: Buffer): JsonObject {
  if (bytes.length === 0) throw new GatewayError('invalid_request', 'the body is empty; expected a JSON object');
  const body = parse(bytes);
  if (!isObject(body)) throw new GatewayError('invalid_request', 'the body is not a JSON object');
  for (const [field, value] of Object.entries(body)) {
    if (isTooDeep(value)) throw invalidField(field, `expected at most ${MAX_DEPTH} levels of lists and objects`);
  }
  return body;
}

// Schemas in use have a few dozen levels; whatever walks a body after this may call itself.
const MAX_DEPTH = 512;

/** Walks level by level, so that no depth can exhaust the stack. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    const below: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? item : Object.values(item)) {
        if (typeof child === 'object' && child !== null) below.push(child);
      }
    }
    level = below;
  }
  return false;
}

function parse(bytes: Buffer): unknown {
  // What we would read as a mark of replacement, a provider could leave out.
  if (!isUtf8(bytes)) throw new GatewayError('invalid_request', 'the body is not valid UTF-8');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    // The parser's own message quotes the text around the place, which is the caller's prompt: only the place goes on.
    throw new GatewayError('invalid_request', `the body is not valid JSON${placeIn(error)}`);
  }
}

function placeIn(error: unknown): string {
  const found = / at position (\d+)/.exec(error instanceof Error ? error.message : '');
  return found === null ? '' : ` (at character ${found[1]})`;
}
