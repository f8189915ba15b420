import { createHmac } from 'node:crypto';
import type { JsonObject } from '#core';
import { forbiddenAddress, type Reach } from '#network';
import { DeliveryError } from './delivery-error.ts';

/** A call of somebody's HTTP interface. */
export interface JsonCall {
  readonly url: string;
  readonly body: JsonObject;
  /** Signs time and body; null for a call without a signature. */
  readonly secret: string | null;
  readonly nowMs: number;
  readonly reach: Reach;
}

const TIMEOUT_MS = 10_000;
/** Trying again can help: too many, too early, a conflict, a time-out. */
const WORTH_A_TRY: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/**
 * Posts JSON, redirects not followed. Rejects with DeliveryError: final for a refusal (4xx) that another try cannot change. Effects: a connection.
 */
export async function postJson({ url, body, secret, nowMs, reach }: JsonCall): Promise<void> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new DeliveryError('the address of the call is not an http or https URL', false);
  }
  const text = JSON.stringify(body);
  // Many who count or show alerts post none.
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connect: { timeout: TIMEOUT_MS, lookup: reach.lookup },
  });
  let status: number;
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'signalbox',
        ...(secret === null ? {} : { 'x-signalbox-signature': signature(secret, text, nowMs) }),
      },
      body: text,
    });
    status = answer.statusCode;
    await answer.body.dump();
  } catch (error) {
    const { code = 'error' } = error as { readonly code?: string };
    throw new DeliveryError(forbiddenAddress(error)?.message ?? `the call was not answered (${code})`, false, error);
  } finally {
    await dispatcher.close().catch(() => undefined);
  }
  if (status >= 200 && status < 300) return;
  throw new DeliveryError(`the call was answered ${status}`, status >= 400 && status < 500 && !WORTH_A_TRY.has(status));
}

/** `t=SECONDS,v1=HEX`: the HMAC-SHA256 of `SECONDS.BODY`, so that whoever checks it can refuse an old one. Pure. */
export function signature(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
