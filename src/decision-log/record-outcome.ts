import type { Attempt } from '#decision';
import type { FinishedCall } from './finished-call.ts';
import { looksPrivate } from './looks-private.ts';
import type { RecordedOutcome } from './record.gen.ts';
import type { Unfinished } from './unfinished.ts';

// Field names are the caller's own words: as many and as long as a person reads, and never what looks private.
const MAX_DROPPED = 32;
const MAX_PATH = 120;

/** How a request ended, who answered, what it cost. Pure. */
export function recordOutcome(call: FinishedCall): RecordedOutcome {
  const { served, settlement, attempts, cache } = call;
  const last = served === null ? null : (attempts.at(-1) ?? null);
  const firstTier = call.decision?.kind === 'allow' ? (call.decision.plan.firstTier ?? null) : null;
  const outcome: Unfinished<RecordedOutcome> = {
    status: call.status,
    code: call.code,
    target: served?.target.id ?? null,
  };
  if (served?.dropped?.length) outcome.droppedParams = namesOf(served.dropped);
  const lost = lostOf(served?.hints ?? [], call.lost ?? []);
  if (lost !== null) outcome.lost = lost;
  outcome.provider = served?.target.provider.name ?? cache?.provider ?? null;
  outcome.model = served?.target.model ?? cache?.model ?? null;
  outcome.fallback = served?.fallback ?? null;
  outcome.degraded = served !== null && firstTier !== null && (served.target.tier ?? firstTier) < firstTier;
  outcome.cache = cache?.lookup.result ?? 'off';
  if (cache?.lookup.savedMicroUsd !== undefined) outcome.savedMicroUsd = cache.lookup.savedMicroUsd;
  outcome.streamed = call.request?.stream ?? false;
  outcome.finish = call.finish;
  outcome.complete = call.isComplete;
  outcome.usage = last?.usage ?? null;
  outcome.estimated = settlement?.estimated ?? false;
  outcome.costMicroUsd = knownCost(call);
  outcome.costSource = settlement?.priceSource ?? null;
  const overruns = overrunsOf(settlement);
  if (overruns.length > 0) outcome.overruns = overruns;
  outcome.durationMs = call.durationMs;
  outcome.firstTokenMs = call.firstByteMs;
  outcome.overheadMs = Math.max(0, call.durationMs - upstreamMs(attempts));
  return outcome;
}

function lostOf(request: readonly string[], answer: readonly string[]): NonNullable<RecordedOutcome['lost']> | null {
  if (request.length === 0 && answer.length === 0) return null;
  return {
    ...(request.length === 0 ? {} : { request: namesOf(request) }),
    ...(answer.length === 0 ? {} : { answer: namesOf(answer) }),
  };
}

function namesOf(names: readonly string[]): readonly string[] {
  return names.slice(0, MAX_DROPPED).map((name) => (looksPrivate(name) ? '***' : name.slice(0, MAX_PATH)));
}

function overrunsOf(settlement: FinishedCall['settlement']): NonNullable<RecordedOutcome['overruns']> {
  return (settlement?.charges ?? []).flatMap(({ counter, overrun = 0 }) =>
    overrun > 0 ? [{ budget: counter.budget, amount: overrun }] : [],
  );
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
