import type { StoreEvent } from '#state';
import type { Log } from './gateway-parts.ts';

/** Tells the log that the budget store is lost, found again, or may forget: once each, however many requests meet it. */
export function logStoreEvent(log: Log, event: Exclude<StoreEvent, { kind: 'lease-undone' }>): void {
  const { kind, detail } = event;
  if (kind === 'lost') {
    log.error({ detail }, 'the budget store is lost; budgets decide by their fail mode');
    return;
  }
  if (kind === 'may-forget') {
    log.warn({ detail }, 'the budget store may forget what was spent');
    return;
  }
  const { lateAccounts, droppedAccounts } = event;
  log.warn({ detail, lateAccounts, droppedAccounts }, 'the budget store is found again; late accounts are settled now');
}
