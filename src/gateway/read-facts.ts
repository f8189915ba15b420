import type { Facts, NeededFacts } from '#decision';
import { StoreUnavailableError } from '#state';
import type { ActivePolicies } from './active-policies.ts';
import type { GatewayParts } from './gateway-parts.ts';

/** Reads what the decision needs to know, in one round trip to the store. A store that cannot be read leaves budgets to their `failMode`. */
export async function readFacts(
  parts: GatewayParts,
  active: ActivePolicies,
  needs: NeededFacts,
  nowMs: number,
): Promise<Facts> {
  const known = {
    nowMs,
    draw: parts.draw(),
    secretsMissing: parts.secrets.missing(active.providers),
    unsupportedProviders: active.unsupportedProviders,
  };
  try {
    return { ...known, ...(await parts.store.readFacts(needs)) };
  } catch (error) {
    if (error instanceof StoreUnavailableError && error.lastKnown !== null) {
      return { ...known, ...error.lastKnown, countersUnread: true };
    }
    parts.log.error({ err: error }, 'the store cannot be read; budgets decide by their fail mode');
    return { ...known, counters: {}, breakers: {}, latencies: {}, inFlight: {}, countersUnread: true };
  }
}
