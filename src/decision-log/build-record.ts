import type { FinishedCall } from './finished-call.ts';
import { metadataKeys } from './metadata-keys.ts';
import { promptDigests } from './prompt-digests.ts';
import type { Pseudonymise } from './pseudonym.ts';
import type { TrafficRecord } from './record.gen.ts';
import { recordAttempt } from './record-attempt.ts';
import { recordDecision } from './record-decision.ts';
import { recordFacts } from './record-facts.ts';
import { recordOutcome } from './record-outcome.ts';
import { recordRequest } from './record-request.ts';
import type { Unfinished } from './unfinished.ts';

/** Who writes the record. */
export interface RecordWriter {
  readonly gatewayVersion: string;
  readonly pseudonymise: Pseudonymise;
  readonly sampleWeight: number;
  /** Records that this process lost since the one before. */
  readonly dropped: number;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Builds the decision record of a request: everything that reproduces its decision and its cost, and no text of prompt or answer. Pure. */
export function buildRecord(call: FinishedCall, writer: RecordWriter): TrafficRecord {
  const { snapshot, request, facts } = call;
  const masked =
    request === null
      ? null
      : recordRequest({
          request,
          keyId: call.keyId,
          digests: promptDigests(call.body, writer.pseudonymise),
          pseudonymise: writer.pseudonymise,
          metadataKeys: metadataKeys(snapshot),
          prefix: call.prefix ?? null,
        });
  // In this order: replays read lines by it.
  const record = {
    v: 1,
    id: call.id,
    at: new Date(call.startedMs).toISOString(),
    environment: snapshot.environment,
    gatewayVersion: writer.gatewayVersion,
    revision: snapshot.revision,
    digest: snapshot.digest,
    catalogDigest: snapshot.catalogDigest,
  } as Unfinished<TrafficRecord>;
  if (writer.sampleWeight !== 1) record.sampleWeight = writer.sampleWeight;
  if (writer.dropped !== 0) record.dropped = writer.dropped;
  record.request = masked?.request ?? { endpoint: call.endpoint, dialect: call.dialect };
  if (request !== null && facts !== null && masked !== null) {
    record.facts = recordFacts(snapshot, facts, call.stickyDraws, masked.replaced, call.cache?.lookup ?? null);
  }
  if (call.decision !== null) record.decision = recordDecision(call, call.decision, masked?.replaced ?? NOTHING);
  if (call.guardrails !== undefined && call.guardrails.length > 0) record.guardrails = call.guardrails;
  record.attempts = call.attempts.map((attempt, index) => recordAttempt(call, attempt, index));
  record.outcome = recordOutcome(call);
  if (call.alerts.length > 0) record.alerts = call.alerts;
  return record;
}
