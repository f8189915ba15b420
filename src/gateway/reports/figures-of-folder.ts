import { join } from 'node:path';
import { forecast } from '#decision';
import { recordsBetween } from '#decision-log';
import { gatherFigures, type ReportFigures, type ReportSpan } from '#reports';
import { openUsageReader } from '#state';

/** Which figures are asked for. */
export interface FiguresQuery {
  readonly dataDir: string;
  readonly span: ReportSpan;
  readonly timezone: string;
  readonly nowMs: number;
}

/** The figures of a data folder, beside the gateways that write there; null where it has no usage ledger. Rejects with StoreOpenError. Effect: reads the folder. */
export async function figuresOfFolder({ dataDir, span, timezone, nowMs }: FiguresQuery): Promise<ReportFigures | null> {
  const usage = openUsageReader(dataDir);
  if (usage === null) return null;
  try {
    const records = recordsBetween(join(dataDir, 'records'), span.beforeMs, span.endMs);
    return await gatherFigures(span, timezone, { usage, records, forecast, nowMs });
  } finally {
    usage.close();
  }
}
