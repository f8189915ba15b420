import { type OutcomeReason, type Pieces, piecesOf, type Usage } from '#core';
import type { Attempt, PlanTarget, RequestFacts } from './types.ts';

/** One scripted answer of a target, as `upstream` in test files says it; times in ms. */
export interface ScriptedOutcome extends Pieces {
  /** 200 where absent. */
  readonly status?: number;
  /** A failure that has no status of its own, or that the status does not tell. */
  readonly outcome?: OutcomeReason;
  /** The request's where absent. */
  readonly inputTokens?: number;
  /** 0 where absent. */
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  /** Written to the prompt cache of five minutes. */
  readonly cacheWriteTokens?: number;
  /** Written to the prompt cache of an hour. */
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
  /** Until the answer is complete; 0 where absent. */
  readonly latencyMs?: number;
  readonly firstTokenMs?: number;
  readonly retryAfterMs?: number;
}

/** Outcomes of successive attempts by target id, `chain/id` or the bare id within the request's own chain; the last one repeats. A target not named answers 200. */
export type UpstreamScript = Readonly<Record<string, readonly ScriptedOutcome[]>>;

/** What policy makes of a status that nothing else explains (documents.md, "Statuses of attempts"). Pure. */
export function outcomeOfStatus(status: number): 'ok' | OutcomeReason {
  if (status === 429) return 'rate-limit';
  if (status === 401 || status === 403) return 'auth';
  if (status === 408) return 'timeout';
  if (status >= 500) return 'server-error';
  if (status >= 400) return 'invalid-request';
  return 'ok';
}

/** The scripted answer to a target's attempt number `turn`, from 0. Pure. */
export function scriptedOutcome(
  script: UpstreamScript,
  target: string,
  chain: string | null,
  turn: number,
): ScriptedOutcome {
  const bare = chain !== null && target.startsWith(`${chain}/`) ? target.slice(chain.length + 1) : null;
  const answers = script[target] ?? (bare === null ? undefined : script[bare]) ?? [];
  return answers[Math.min(turn, answers.length - 1)] ?? {};
}

/**
 * Plays one answer as an attempt that starts at `startedMs`. A scripted time over the target's `firstToken` or `total` timeout, or over what is left
 * until the deadline, becomes a timeout, as it would online. Tokens count as billed when the attempt succeeds or the script names some. Pure.
 */
export function playAttempt(
  target: PlanTarget,
  answer: ScriptedOutcome,
  request: RequestFacts,
  startedMs: number,
  deadlineMs: number | null,
): Attempt {
  const outcome = answer.outcome ?? outcomeOfStatus(answer.status ?? 200);
  const latencyMs = Math.max(answer.latencyMs ?? 0, answer.firstTokenMs ?? 0);
  const firstTokenMs = answer.firstTokenMs ?? latencyMs;
  const cutMs = cutAfter(target, firstTokenMs, latencyMs, deadlineMs === null ? null : deadlineMs - startedMs);
  const frame = { target: target.id, startedMs, estimated: false, noRetry: false };
  if (cutMs !== null) {
    const timing = { firstTokenMs: null, endedMs: startedMs + cutMs, retryAfterMs: null };
    return { ...frame, ...timing, outcome: 'timeout', status: null, usage: null };
  }
  const isOk = outcome === 'ok';
  const names = answer.inputTokens !== undefined || answer.outputTokens !== undefined;
  return {
    ...frame,
    outcome,
    status: answer.status ?? (answer.outcome === undefined ? 200 : null),
    firstTokenMs: isOk ? startedMs + firstTokenMs : null,
    endedMs: startedMs + latencyMs,
    retryAfterMs: answer.retryAfterMs ?? null,
    usage: isOk || names ? usageOf(answer, request) : null,
    estimated: isOk && answer.outputTokens === undefined,
    ...piecesOf(answer),
  };
}

function cutAfter(
  { timeouts }: PlanTarget,
  firstTokenMs: number,
  latencyMs: number,
  leftMs: number | null,
): number | null {
  const cuts: number[] = [];
  if (timeouts.firstTokenMs !== null && firstTokenMs > timeouts.firstTokenMs) cuts.push(timeouts.firstTokenMs);
  if (timeouts.totalMs !== null && latencyMs > timeouts.totalMs) cuts.push(timeouts.totalMs);
  if (leftMs !== null && latencyMs > leftMs) cuts.push(leftMs);
  return cuts.length === 0 ? null : Math.min(...cuts);
}

function usageOf(answer: ScriptedOutcome, request: RequestFacts): Usage {
  return {
    input: answer.inputTokens ?? request.inputTokens,
    cacheRead: answer.cacheReadTokens ?? 0,
    cacheWrite: answer.cacheWriteTokens ?? 0,
    cacheWrite1h: answer.cacheWrite1hTokens ?? 0,
    output: answer.outputTokens ?? 0,
    reasoning: answer.reasoningTokens ?? 0,
    audioInput: answer.audioInputTokens ?? 0,
    audioOutput: answer.audioOutputTokens ?? 0,
  };
}
