import type { UsageLedgerEvent } from '#state';
import type { Log } from './gateway-parts.ts';

/** Logs that the usage ledger cannot be written, or can again: requests and budgets go on without it. */
export function logUsageEvent(log: Log, event: UsageLedgerEvent): void {
  switch (event.kind) {
    case 'lost':
      log.error({ err: event.error }, 'the usage ledger cannot be written; entries wait in memory');
      return;
    case 'found':
      log.info({}, 'the usage ledger is written again');
      return;
    case 'refused':
      log.error({ err: event.error, requestId: event.id }, 'the usage ledger does not take an entry; it is left out');
  }
}
