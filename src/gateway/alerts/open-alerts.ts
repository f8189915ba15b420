import { join } from 'node:path';
import { createDelivery, type OutboxEvent } from '#alerts';
import type { Reach } from '#network';
import { createBoard } from '#state';
import type { GatewayParts, Log } from '../gateway-parts.ts';
import { gatherBeside } from '../reports/gather-beside.ts';
import { createReportRunner } from '../reports/report-runner.ts';
import type { AlertParts } from './alert-parts.ts';
import { createAlertRunner } from './alert-runner.ts';
import { openLazyOutbox } from './lazy-outbox.ts';

/** Where a gateway's alerts are kept, and what they look at. */
export interface OpenAlertsOptions {
  readonly parts: Pick<
    GatewayParts,
    'policies' | 'store' | 'storedSecrets' | 'usage' | 'nowMs' | 'log' | 'owner' | 'records' | 'secrets'
  >;
  readonly dataDir: string;
  readonly storeUrl: string | null;
  readonly reach: Reach;
}

/** Opens the board and the outbox, and creates the watch over both. Effects: files in the data folder, or Redis. */
export async function openAlerts({ parts, dataDir, storeUrl, reach }: OpenAlertsOptions): Promise<AlertParts> {
  const { policies, secrets, nowMs, log } = parts;
  const board = await createBoard({ url: storeUrl, dataDir, nowMs });
  const outbox = openLazyOutbox({
    file: join(dataDir, 'outbox.db'),
    nowMs,
    deliver: createDelivery({ snapshot: () => policies.current().snapshot, secrets, nowMs, reach }),
    onEvent: (event) => logOutboxEvent(log, event),
  });
  const reports = createReportRunner({ parts, board, outbox, dataDir, gather: gatherBeside });
  return { runner: createAlertRunner({ parts, board, outbox }), outbox, board, reports };
}

function logOutboxEvent(log: Log, { kind, ...fields }: OutboxEvent): void {
  if (kind === 'sent') log.info(fields, 'a message was sent');
  else if (kind === 'delayed') log.warn(fields, 'a message cannot be sent now; it is tried again');
  else log.error(fields, 'a message was given up');
}
