import type { DialectName, Endpoint, JsonObject } from '#core';
import type { Attempt, Decision, Facts, PlanTarget, RequestFacts, Settlement } from '#decision';
import type { Snapshot } from '#snapshot';
import { looksPrivate } from './looks-private.ts';
import { metadataKeys } from './metadata-keys.ts';
import { promptDigests } from './prompt-digests.ts';
import type { Pseudonymise } from './pseudonym.ts';
import type {
  RecordedAttempt,
  RecordedCacheLookup,
  RecordedDecision,
  RecordedFinding,
  RecordedOutcome,
  TrafficRecord,
} from './record.gen.ts';
import { maskKey, recordFacts } from './record-facts.ts';
import { type MaskedRequest, recordRequest } from './record-request.ts';

/** Everything there is to know of a request that has ended. What a refused request never reached is null. */
export interface FinishedCall {
  readonly id: string;
  readonly startedMs: number;
  readonly endpoint: Endpoint;
  readonly dialect: DialectName;
  readonly path: string;
  readonly snapshot: Snapshot;
  readonly request: RequestFacts | null;
  readonly keyId: string | null;
  /** The caller's body, for keyed digests: never kept. */
  readonly body: JsonObject | null;
  /** The first characters of the question, masked; null unless policy keeps them. */
  readonly prefix?: string | null;
  readonly route: string | null;
  readonly facts: Facts | null;
  /** Draws of sticky choices by chain, in place of the session. */
  readonly stickyDraws: Readonly<Record<string, number>>;
  readonly decision: Decision | null;
  /** A plan of a compatibility header, which no policy document can reproduce. */
  readonly isInline: boolean;
  readonly attempts: readonly Attempt[];
  readonly served: {
    readonly target: PlanTarget;
    readonly fallback: RecordedOutcome['fallback'];
    /** What the target could not express, by the caller's field paths. */
    readonly dropped?: readonly string[];
    /** What it could not express and does not need to be asked about. */
    readonly hints?: readonly string[];
  } | null;
  /** What of the answer the caller's dialect could not express. */
  readonly lost?: readonly string[];
  readonly settlement: Settlement | null;
  /** What the cache said; null where none had a say. */
  readonly cache: {
    readonly lookup: RecordedCacheLookup;
    /** Who made a kept answer. */
    readonly provider: string | null;
    readonly model: string | null;
  } | null;
  /** What guardrails came to; never any text. */
  readonly guardrails?: readonly RecordedFinding[];
  readonly status: number;
  readonly code: string | null;
  readonly finish: string | null;
  readonly isComplete: boolean;
  readonly firstByteMs: number | null;
  /** From the first byte of the request to the last of the answer. */
  readonly durationMs: number;
  /** `budget 80%` for every threshold that this request's charge crossed. */
  readonly alerts: readonly string[];
}

/** Who writes the record. */
export interface RecordWriter {
  readonly gatewayVersion: string;
  readonly pseudonymise: Pseudonymise;
  readonly sampleWeight: number;
  /** Records that this process lost since the one before. */
  readonly dropped: number;
}

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
  // Field by field: a literal of conditional spreads makes an object of the slow kind, four times dearer to build and twice as dear to serialise (measured, Node 26). In this order: replays read lines by it.
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
  if (call.decision !== null) record.decision = recordDecision(call, call.decision, masked?.replaced ?? new Map());
  if (call.guardrails !== undefined && call.guardrails.length > 0) record.guardrails = call.guardrails;
  record.attempts = call.attempts.map((attempt, index) => recordAttempt(call, attempt, index));
  record.outcome = recordOutcome(call);
  if (call.alerts.length > 0) record.alerts = call.alerts;
  return record;
}

/** What is still being put together. */
type Unfinished<T> = { -readonly [Key in keyof T]: T[Key] };

function recordDecision(call: FinishedCall, decision: Decision, replaced: MaskedRequest['replaced']): RecordedDecision {
  const common = { route: decision.route, ...(call.isInline ? { inline: true } : {}) };
  if (decision.kind === 'deny') {
    const { status, code, skipped } = decision;
    return { ...common, allowed: false, status, code, reason: code, skipped: skipped.map(recordSkip) };
  }
  const { plan, reservations, notes } = decision;
  return {
    ...common,
    chain: plan.chain,
    allowed: true,
    targets: plan.targets.map(({ id }) => id),
    skipped: plan.skipped.map(recordSkip),
    notes: [...new Set(notes.map(({ kind }) => kind))],
    reservations: reservations.map(({ counter, amount }) => ({
      counter: maskKey(counter.key, replaced),
      budget: counter.budget,
      amount,
    })),
  };
}

function recordSkip({ id, reason, detail }: Extract<Decision, { kind: 'deny' }>['skipped'][number]) {
  return { target: id, reason, detail };
}

function recordAttempt(
  { attempts, decision, settlement }: FinishedCall,
  attempt: Attempt,
  index: number,
): RecordedAttempt {
  const target = targetOf(decision, attempt.target);
  const before = attempts[index - 1];
  const { outcome, status, startedMs, endedMs, firstTokenMs, usage, estimated, retryAfterMs } = attempt;
  const { images, searchUnits, problem } = attempt;
  const cost = settlement?.perAttempt[index]?.costMicroUsd ?? null;
  return {
    target: attempt.target,
    ...(target === null ? {} : { provider: target.provider.name, model: target.model }),
    outcome,
    status,
    startedMs,
    firstTokenMs,
    durationMs: endedMs - startedMs,
    waitMs: Math.max(0, startedMs - (before?.endedMs ?? startedMs)),
    usage,
    estimated,
    // What is paid by the piece, so that the cost adds up from the record alone.
    ...(images === undefined ? {} : { images: wholeNumber(images) }),
    ...(searchUnits === undefined ? {} : { searchUnits: wholeNumber(searchUnits) }),
    costMicroUsd: cost,
    billed: usage !== null,
    reason: before?.outcome ?? target?.skippedBefore ?? null,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** As the price counts what a provider reports: a whole number from 0. */
function wholeNumber(count: number): number {
  return Number.isFinite(count) && count > 0 ? Math.floor(count) : 0;
}

// Field names are the caller's own words: as many and as long as a person reads, and never what looks private.
const MAX_DROPPED = 32;
const MAX_PATH = 120;

function droppedOf(dropped: readonly string[]): Pick<RecordedOutcome, 'droppedParams'> {
  return dropped.length === 0 ? {} : { droppedParams: namesOf(dropped) };
}

function lostOf(request: readonly string[], answer: readonly string[]): Pick<RecordedOutcome, 'lost'> {
  if (request.length === 0 && answer.length === 0) return {};
  return {
    lost: {
      ...(request.length === 0 ? {} : { request: namesOf(request) }),
      ...(answer.length === 0 ? {} : { answer: namesOf(answer) }),
    },
  };
}

function namesOf(names: readonly string[]): readonly string[] {
  return names.slice(0, MAX_DROPPED).map((name) => (looksPrivate(name) ? '***' : name.slice(0, MAX_PATH)));
}

function recordOutcome(call: FinishedCall): RecordedOutcome {
  const { served, settlement, attempts, request } = call;
  const last = served === null ? null : (attempts.at(-1) ?? null);
  const plan = call.decision?.kind === 'allow' ? call.decision.plan : null;
  const firstTier = plan?.firstTier ?? null;
  return {
    status: call.status,
    code: call.code,
    target: served?.target.id ?? null,
    ...droppedOf(served?.dropped ?? []),
    ...lostOf(served?.hints ?? [], call.lost ?? []),
    provider: served?.target.provider.name ?? call.cache?.provider ?? null,
    model: served?.target.model ?? call.cache?.model ?? null,
    fallback: served?.fallback ?? null,
    degraded: served !== null && firstTier !== null && (served.target.tier ?? firstTier) < firstTier,
    cache: call.cache?.lookup.result ?? 'off',
    ...(call.cache?.lookup.savedMicroUsd === undefined ? {} : { savedMicroUsd: call.cache.lookup.savedMicroUsd }),
    streamed: request?.stream ?? false,
    finish: call.finish,
    complete: call.isComplete,
    usage: last?.usage ?? null,
    estimated: settlement?.estimated ?? false,
    costMicroUsd: knownCost(call),
    costSource: settlement?.priceSource ?? null,
    ...overrunsOf(settlement),
    durationMs: call.durationMs,
    firstTokenMs: call.firstByteMs,
    overheadMs: Math.max(0, call.durationMs - upstreamMs(attempts)),
  };
}

function overrunsOf(settlement: Settlement | null): Pick<RecordedOutcome, 'overruns'> {
  const overruns = (settlement?.charges ?? []).flatMap(({ counter, overrun = 0 }) =>
    overrun > 0 ? [{ budget: counter.budget, amount: overrun }] : [],
  );
  return overruns.length === 0 ? {} : { overruns };
}

/** Null where an attempt was billed, or served, and nobody can say how much: a part is no cost. */
function knownCost({ settlement, attempts }: FinishedCall): number | null {
  if (settlement === null) return null;
  const isUnknown = attempts.some(
    ({ usage, outcome }, index) =>
      (usage !== null || outcome === 'ok') && settlement.perAttempt[index]?.costMicroUsd == null,
  );
  return isUnknown ? null : settlement.costMicroUsd;
}

/** From the first call to the end of the last: waiting between two is what the policies ask for, not what the gateway adds. */
function upstreamMs(attempts: readonly Attempt[]): number {
  const [first] = attempts;
  const last = attempts.at(-1);
  return first === undefined || last === undefined ? 0 : last.endedMs - first.startedMs;
}

function targetOf(decision: Decision | null, id: string): PlanTarget | null {
  return decision?.kind === 'allow' ? (decision.plan.targets.find((target) => target.id === id) ?? null) : null;
}
