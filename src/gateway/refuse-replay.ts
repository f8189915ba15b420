import { GatewayError } from '#core';
import type { Store } from '#state';
import type { UsedSignature } from './verify-signature.ts';

// Replicas' clocks are a little apart.
const SPARE_MS = 5000;

/**
 * Lets a signature be used once: whoever has read a signed request cannot send it again while its timestamp still holds. Throws 403 `signature_invalid`.
 * Effects: a name in the store, for as long as the timestamp holds.
 */
export async function refuseReplay(store: Pick<Store, 'claim'>, signature: UsedSignature): Promise<void> {
  if (await store.claim(`signature:${signature.digest}`, signature.holdsForMs + SPARE_MS)) return;
  throw new GatewayError(
    'signature_invalid',
    'this signature was used before; sign every request anew, with an x-signalbox-nonce where two of one second can be alike',
  );
}
