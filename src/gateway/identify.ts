import { GatewayError, sha256 } from '#core';
import { isIpAllowed } from '#decision';
import type { Consumer, SecretRef } from '#snapshot';
import type { ActivePolicies } from './active-policies.ts';
import { findKeys } from './find-key.ts';
import type { InboundCall } from './inbound-call.ts';
import { type UsedSignature, verifySignature } from './verify-signature.ts';

/** Who calls. */
export interface Caller {
  readonly consumer: Consumer;
  /** Id of the key that was used; null for the anonymous consumer. */
  readonly keyId: string | null;
  /** A key that is not a consumer's: where policy allows it, the provider's own. Secret: never stored, never logged. */
  readonly foreignKey: string | null;
}

/**
 * Finds the consumer of a call, by its head alone: no byte of a body is taken of whom nobody knows. A key is looked up by its SHA-256, so the time it takes
 * tells nothing about any key. Throws 401 `invalid_api_key`, 403 `key_expired`, `ip_not_allowed`.
 */
export function identify(active: ActivePolicies, call: InboundCall): Caller {
  const found = findCaller(active, call);
  const { consumer } = found;
  if (consumer.ipAllow !== null && (call.ip === null || !isIpAllowed(consumer.ipAllow, call.ip))) {
    throw new GatewayError(
      'ip_not_allowed',
      `consumer ${consumer.name} may not call from ${call.ip ?? 'an unknown address'}`,
    );
  }
  return found;
}

/**
 * What a consumer that signs has signed its call with, to be used once; null for others. The body must be there. Throws 403 `signature_invalid`.
 */
export function checkSignature(
  consumer: Consumer,
  call: InboundCall,
  resolveSecret: (ref: SecretRef) => string | null,
): UsedSignature | null {
  if (consumer.signing === null) return null;
  if (call.form !== null) {
    throw new GatewayError(
      'signature_invalid',
      'this consumer signs its requests, and a form with files cannot be signed',
    );
  }
  const { secret, windowMs } = consumer.signing;
  return verifySignature({
    headers: call.headers,
    body: call.bytes,
    secret: resolveSecret(secret),
    secretId: secret.id,
    windowMs,
    nowMs: call.startedMs,
  });
}

function findCaller({ snapshot }: ActivePolicies, call: InboundCall): Caller {
  const { consumerKey, foreignKey } = findKeys(call.headers, call.queryKey);
  if (consumerKey === null) return anonymousCaller(snapshot, foreignKey);
  const key = snapshot.keys.get(sha256(consumerKey));
  const consumer = key === undefined ? undefined : snapshot.consumers.get(key.consumer);
  if (key === undefined || consumer === undefined) {
    throw new GatewayError('invalid_api_key', 'the consumer key is not known to this gateway');
  }
  if (key.expiresAtMs !== null && call.startedMs >= key.expiresAtMs) {
    const expired = new Date(key.expiresAtMs).toISOString();
    throw new GatewayError('key_expired', `key ${key.id} of consumer ${consumer.name} expired at ${expired}`);
  }
  return { consumer, keyId: key.id, foreignKey };
}

function anonymousCaller(snapshot: ActivePolicies['snapshot'], foreignKey: string | null): Caller {
  const name = snapshot.project.anonymous;
  const consumer = name === null ? undefined : snapshot.consumers.get(name);
  if (consumer !== undefined) return { consumer, keyId: null, foreignKey };
  const message =
    foreignKey === null
      ? 'no key was sent; expected a consumer key (sbx_…) in Authorization, x-api-key, x-goog-api-key or api-key'
      : 'the key sent is not a consumer key (sbx_…), and this environment has no anonymous consumer';
  throw new GatewayError('invalid_api_key', message);
}
