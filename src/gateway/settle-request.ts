import { settle } from '#decision';
import type { CounterChange } from '#state';
import type { GatewayParts } from './gateway-parts.ts';
import type { Progress } from './progress.ts';

/**
 * Ends a request, whatever happened to it: charges what was used, gives the rest of the holds back, and tells who listens. Never throws: the caller has its
 * answer, and a hold that could not be settled ends with its lease.
 */
export async function settleRequest(parts: GatewayParts, progress: Progress): Promise<void> {
  const { call, decision, snapshot, attempts } = progress;
  let counters: readonly CounterChange[] = [];
  try {
    if (decision?.kind === 'allow') {
      progress.settlement = settle(snapshot, decision, attempts, call.startedMs);
      if (progress.isHeld) {
        const { charges } = progress.settlement;
        counters = (await parts.store.commit({ id: call.id, charges })).counters;
      }
    }
  } catch (error) {
    parts.log.error({ err: error, requestId: call.id }, 'a request could not be settled; its hold ends with its lease');
  } finally {
    parts.holds.delete(call.id);
  }
  const { settlement, body } = progress;
  parts.finished.publish({ progress, settlement, counters, body, endedMs: parts.nowMs() - call.startedMs });
}
