import type { Attempt, Decision, PlanTarget } from '#decision';
import type { FinishedCall } from './finished-call.ts';
import type { RecordedAttempt } from './record.gen.ts';
import type { Unfinished } from './unfinished.ts';

/** One call to a provider, with what it cost. Pure. */
export function recordAttempt(
  { attempts, decision, settlement }: FinishedCall,
  attempt: Attempt,
  index: number,
): RecordedAttempt {
  const target = targetOf(decision, attempt.target);
  const before = attempts[index - 1];
  const { startedMs, endedMs, usage, images, searchUnits, retryAfterMs, problem } = attempt;
  const recorded = { target: attempt.target } as Unfinished<RecordedAttempt>;
  if (target !== null) {
    recorded.provider = target.provider.name;
    recorded.model = target.model;
  }
  recorded.outcome = attempt.outcome;
  recorded.status = attempt.status;
  recorded.startedMs = startedMs;
  recorded.firstTokenMs = attempt.firstTokenMs;
  recorded.durationMs = endedMs - startedMs;
  recorded.waitMs = Math.max(0, startedMs - (before?.endedMs ?? startedMs));
  recorded.usage = usage;
  recorded.estimated = attempt.estimated;
  // What is paid by the piece, so that the cost adds up from the record alone.
  if (images !== undefined) recorded.images = wholeNumber(images);
  if (searchUnits !== undefined) recorded.searchUnits = wholeNumber(searchUnits);
  recorded.costMicroUsd = settlement?.perAttempt[index]?.costMicroUsd ?? null;
  recorded.billed = usage !== null;
  recorded.reason = before?.outcome ?? target?.skippedBefore ?? null;
  if (retryAfterMs !== null) recorded.retryAfterMs = retryAfterMs;
  if (problem !== undefined) recorded.problem = problem;
  return recorded;
}

/** As the price counts what a provider reports: a whole number from 0. */
function wholeNumber(count: number): number {
  return Number.isFinite(count) && count > 0 ? Math.floor(count) : 0;
}

function targetOf(decision: Decision | null, id: string): PlanTarget | null {
  return decision?.kind === 'allow' ? (decision.plan.targets.find((target) => target.id === id) ?? null) : null;
}
