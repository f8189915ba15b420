import { GatewayError } from '#core';
import type { ActivePolicies } from './active-policies.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { identify } from './identify.ts';
import type { InboundCall } from './inbound-call.ts';

type Strangers = Pick<GatewayParts, 'failedKeys' | 'log'>;

/**
 * The refusal of a caller with an unknown key from an address that has sent too many of them: 429 `rate_limited`, to be answered without a record. Null for everyone
 * else, and always for a key that is known: what others do from an address locks nobody out.
 */
export function strangerRefusal(
  { failedKeys }: Strangers,
  active: ActivePolicies,
  call: InboundCall,
): GatewayError | null {
  const waitMs = failedKeys.waitMs(call.ip);
  if (waitMs === 0) return null;
  try {
    identify(active, call);
    return null;
  } catch (error) {
    return isStrangers(error) ? tooManyFailures(waitMs) : null;
  }
}

/** Counts a refusal of a key that is unknown. Effects: the first that is too many is logged. */
export function noteStranger({ failedKeys, log }: Strangers, ip: string | null, error: unknown): void {
  if (!isStrangers(error)) return;
  if (failedKeys.add(ip)) log.warn({ ip }, 'an address sends unknown keys, and is answered 429 for now');
}

/** 429 `rate_limited`. Pure. */
export function tooManyFailures(waitMs: number): GatewayError {
  return new GatewayError('rate_limited', 'too many unknown keys came from this address', {
    retryAfterMs: waitMs,
    hint: 'Send a key that the gateway knows: it is answered at once.',
  });
}

function isStrangers(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'invalid_api_key';
}
