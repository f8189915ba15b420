import type { MicroUsd } from '#core';
import { settle } from '#decision';
import type { CounterChange } from '#state';
import type { GatewayParts } from './gateway-parts.ts';
import type { Progress } from './progress.ts';

/** Makes the account of the attempts so far; none for a request that was refused. */
export function account(progress: Progress): void {
  const { call, decision, snapshot, attempts } = progress;
  if (decision?.kind === 'allow') progress.settlement = settle(snapshot, decision, attempts, call.startedMs);
}

/** What the request cost; null where nobody knows: before its end, without a decision, or for want of a price or a count. Pure. */
export function knownCost({ settlement, attempts }: Progress): MicroUsd | null {
  if (settlement === null) return null;
  const isUnknown = attempts.some(({ usage, outcome }, index) => {
    return (usage !== null || outcome === 'ok') && settlement.perAttempt[index]?.costMicroUsd == null;
  });
  return isUnknown ? null : settlement.costMicroUsd;
}

/**
 * Ends a request, whatever happened to it: charges what was used, gives the rest of the holds back, and tells who listens. Never throws: the caller has its
 * answer, and a hold that could not be settled ends with its lease.
 */
export async function settleRequest(parts: GatewayParts, progress: Progress): Promise<void> {
  const { call } = progress;
  let counters: readonly CounterChange[] = [];
  try {
    account(progress);
    if (progress.isHeld || progress.isUnheld) {
      const charges = progress.settlement?.charges ?? [];
      // Of a refused request nothing is charged: what the store may hold is given back.
      const isUnheld = progress.isUnheld && progress.settlement !== null;
      counters = (await parts.store.commit({ id: call.id, charges, isUnheld })).counters;
    }
  } catch (error) {
    parts.log.error(
      { err: error, requestId: call.id },
      'a request could not be settled now; a shared store settles it when it is back, else its hold ends with its lease',
    );
  } finally {
    warnOfOverruns(parts, progress);
    parts.holds.delete(call.id);
  }
  const { settlement, body } = progress;
  parts.finished.publish({ progress, settlement, counters, body, endedMs: parts.nowMs() - call.startedMs });
}

/** The budget is charged the truth; that no hold covered it is a bound to be put right. */
function warnOfOverruns({ log }: GatewayParts, { call, settlement }: Progress): void {
  for (const { counter, held, overrun = 0 } of settlement?.charges ?? []) {
    if (overrun === 0) continue;
    const { budget, unit } = counter;
    log.warn({ requestId: call.id, budget, unit, held, overrun }, 'a request was billed beyond what was held for it');
  }
}
