import { GatewayError, isObject, type JsonObject } from '#core';

/** Parses a body once; everything later reads the result. Throws 400 `invalid_request`. Pure. */
export function readBody(bytes: Buffer): JsonObject {
  if (bytes.length === 0) throw new GatewayError('invalid_request', 'the body is empty; expected a JSON object');
  const body = parse(bytes);
  if (!isObject(body)) throw new GatewayError('invalid_request', 'the body is not a JSON object');
  return body;
}

function parse(bytes: Buffer): unknown {
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
