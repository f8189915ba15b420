import { createHmac, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '#core';
import type { RequestHeaders } from './inbound-call.ts';

/** What a consumer's signature is checked with. */
export interface SignatureCheck {
  readonly headers: RequestHeaders;
  readonly body: Uint8Array;
  /** Null when the gateway has no value for the secret: nothing can then be verified. */
  readonly secret: string | null;
  /** The secret's reference, for the message. */
  readonly secretId: string;
  readonly windowMs: number;
  readonly nowMs: number;
}

/** A signature that fits, and for how long anyone who has it could send it again. */
export interface UsedSignature {
  /** In base64url. */
  readonly digest: string;
  readonly holdsForMs: number;
}

// Long enough not to come twice by chance, and without the characters that the signed text is put together with.
const NONCE = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * Checks `x-signalbox-signature`: lower-case hex HMAC-SHA-256, under the consumer's secret, over the text of `x-signalbox-timestamp` (Unix seconds),
 * a full stop, and the body's bytes; with `x-signalbox-nonce`, over timestamp, colon, nonce, full stop and body. A leading `sha256=` is allowed.
 * Throws 403 `signature_invalid`.
 */
export function verifySignature(check: SignatureCheck): UsedSignature {
  const { headers, body, secret, secretId, windowMs, nowMs } = check;
  if (secret === null) throw refused(`the gateway has no value for ${secretId}, so it cannot check signatures`);
  const timestamp = headers['x-signalbox-timestamp'];
  const signature = headers['x-signalbox-signature'];
  if (timestamp === undefined || signature === undefined) {
    throw refused('this consumer signs its requests; x-signalbox-timestamp and x-signalbox-signature are expected');
  }
  const atMs = /^\d{9,11}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
  if (!(Math.abs(nowMs - atMs) <= windowMs)) {
    throw refused(`x-signalbox-timestamp is not Unix seconds within ${windowMs / 1000} s of the gateway's clock`);
  }
  const nonce = headers['x-signalbox-nonce'];
  if (nonce !== undefined && !NONCE.test(nonce)) {
    throw refused('x-signalbox-nonce is not 8 to 64 letters, digits, `-` or `_`');
  }
  const head = nonce === undefined ? `${timestamp}.` : `${timestamp}:${nonce}.`;
  const expected = createHmac('sha256', secret).update(head).update(body).digest();
  const given = Buffer.from(signature.replace(/^sha256=/, ''), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused('x-signalbox-signature does not fit the timestamp, the nonce where there is one, and the body');
  }
  return { digest: expected.toString('base64url'), holdsForMs: atMs + windowMs - nowMs };
}

function refused(message: string): GatewayError {
  return new GatewayError('signature_invalid', message);
}
