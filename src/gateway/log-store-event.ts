import type { StoreEvent } from '#state';
import type { Log } from './gateway-parts.ts';

/** Tells the log that the budget store is lost or found again: once each, however many requests meet it. */
export function logStoreEvent(log: Log, event: Exclude<StoreEvent, { kind: 'lease-undone' }>): void {
  const { kind, detail } = event;
  if (kind === 'lost') {
    log.error({ detail }, 'the budget store is lost; budgets decide by their fail mode');
    return;
  }
  const { lateAccounts, droppedAccounts } = event;
  log.warn({ detail, lateAccounts, droppedAccounts }, 'the budget store is found again; late accounts are settled now');
}
