import { priceAt } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { Snapshot } from '#snapshot';
import type { UsageCharge, UsageEntry, UsageLedger } from '#state';
import type { Log } from './gateway-parts.ts';
import { splitCost } from './usage-entry.ts';

/** More than any process answers in the second that a kill can take. */
const LATEST = 2000;

/** What recovering reads and writes. */
export interface UsageRecovery {
  readonly records: { readonly latest: (limit: number) => Promise<readonly TrafficRecord[]> };
  readonly usage: UsageLedger;
  readonly snapshot: () => Snapshot;
  readonly log: Log;
}

/**
 * Puts into the usage ledger what a killed process had recorded but not yet accounted: the latest records, of which all that the ledger knows already change
 * nothing. Never rejects. Effects: reads record files, writes the ledger.
 */
export async function recoverUsage({ records, usage, snapshot, log }: UsageRecovery): Promise<void> {
  try {
    for (const record of await records.latest(LATEST)) {
      const entry = entryOfRecord(record, snapshot());
      if (entry !== null) usage.add(entry);
    }
  } catch (error) {
    log.warn({ err: error }, 'the usage ledger could not be compared with the latest decision records');
  }
}

/**
 * A record as the ledger keeps it; null for a request that was refused. Budgets are left out: a record tells what was held, not what was charged, so
 * the budget's own counter is right while the ledger's sum lacks this request. Pure.
 */
export function entryOfRecord(record: TrafficRecord, snapshot: Snapshot): UsageEntry | null {
  const { request, decision, outcome, attempts = [] } = record;
  const atMs = Date.parse(record.at);
  if (decision?.allowed !== true || outcome === undefined || Number.isNaN(atMs)) return null;
  const charges = attempts.map((attempt): UsageCharge => {
    const { usage = null, costMicroUsd = null, model = null, images = 0, searchUnits = 0 } = attempt;
    const price = model === null ? null : priceAt(snapshot.models.get(model), atMs);
    const isBilled = usage !== null || attempt.outcome === 'ok';
    return {
      target: attempt.target,
      provider: attempt.provider ?? '',
      model: model ?? '',
      usage,
      images,
      searchUnits,
      costMicroUsd: isBilled ? costMicroUsd : 0,
      priceSource: usage === null ? null : (price?.source ?? null),
      priceFromMs: usage === null ? null : (price?.fromMs ?? null),
      estimated: usage !== null && attempt.estimated === true,
    };
  });
  const known = charges.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0);
  return {
    id: record.id,
    atMs,
    environment: record.environment ?? '',
    revision: record.revision ?? '',
    consumer: request.consumer ?? '',
    team: request.labels?.team ?? '',
    route: decision.route ?? '',
    chain: decision.chain ?? null,
    endpoint: request.endpoint,
    status: outcome.status,
    code: outcome.code ?? null,
    fallback: outcome.fallback ?? null,
    attempts: attempts.length,
    savedMicroUsd: outcome.savedMicroUsd ?? 0,
    charges: splitCost(charges, outcome.costMicroUsd ?? known),
    budgets: [],
  };
}
