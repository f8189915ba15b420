import type { MicroUsd } from '#core';
import { settle } from '#decision';
import type { CounterChange } from '#state';
import type { GatewayParts } from './gateway-parts.ts';
import type { Progress } from './progress.ts';
import { usageEntry } from './usage-entry.ts';
import { writeUsageNote } from './usage-note.ts';

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

// A store that takes longer keeps its hold a moment more; the caller has waited for the answer, not for the books.
const PATIENCE_MS = 50;

/**
 * Accounts for the attempts, charges what was used and gives the rest of the holds back, before the last bytes go out: whoever has the whole answer meets budgets that know of it, on
 * this process and on any other. Resolves after 50 ms at the latest. Never rejects.
 */
export async function settleBeforeEnd(parts: GatewayParts, progress: Progress): Promise<void> {
  account(progress);
  if (!progress.isHeld && !progress.isUnheld) return;
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([commitAccount(parts, progress), timeUp]);
  clearTimeout(timer);
}

/** Ends a request, whatever happened to it: settles it where that is not done yet, and tells who listens. Never throws. */
export async function settleRequest(parts: GatewayParts, progress: Progress): Promise<void> {
  if (progress.settled === null) tryAccount(parts, progress);
  const counters = await commitAccount(parts, progress);
  const { call, settlement, body } = progress;
  parts.finished.publish({ progress, settlement, counters, body, endedMs: parts.nowMs() - call.startedMs });
}

/** A bug in the account must not keep the holds, nor the record from being written. */
function tryAccount(parts: GatewayParts, progress: Progress): void {
  try {
    account(progress);
  } catch (error) {
    parts.log.error({ err: error, requestId: progress.call.id }, 'a request could not be accounted for by a bug');
  }
}

/** Hands the account to the store, once. */
function commitAccount(parts: GatewayParts, progress: Progress): Promise<readonly CounterChange[]> {
  progress.settled ??= commitOnce(parts, progress);
  return progress.settled;
}

async function commitOnce(parts: GatewayParts, progress: Progress): Promise<readonly CounterChange[]> {
  const { call, settlement } = progress;
  if (!progress.isHeld && !progress.isUnheld) return [];
  try {
    // Of a refused request nothing is charged: what the store may hold is given back.
    const isUnheld = progress.isUnheld && settlement !== null;
    const note = noteOf(parts, progress);
    const own = { id: call.id, charges: settlement?.charges ?? [], isUnheld };
    return (await parts.store.commit(note === null ? own : { ...own, note })).counters;
  } catch (error) {
    parts.log.error(
      { err: error, requestId: call.id },
      'a request could not be settled now; a shared store settles it when it is back, else its hold ends with its lease',
    );
    return [];
  } finally {
    warnOfOverruns(parts, progress);
    parts.leases.release(call.id);
  }
}

/** A bug in it must not keep the account from the store. */
function noteOf({ log }: GatewayParts, progress: Progress): string | null {
  try {
    const entry = usageEntry(progress);
    return entry === null ? null : writeUsageNote(entry);
  } catch (error) {
    log.error(
      { err: error, requestId: progress.call.id },
      'a request could not be noted for the usage ledger by a bug',
    );
    return null;
  }
}

/** The budget is charged the truth; that no hold covered it is a bound to be put right. */
function warnOfOverruns({ log }: GatewayParts, { call, settlement }: Progress): void {
  for (const { counter, held, overrun = 0 } of settlement?.charges ?? []) {
    if (overrun === 0) continue;
    const { budget, unit } = counter;
    log.warn({ requestId: call.id, budget, unit, held, overrun }, 'a request was billed beyond what was held for it');
  }
}
