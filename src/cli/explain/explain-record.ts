import { formatMoney, piecesOf } from '#core';
import type { Explanation, ScriptedOutcome, UpstreamScript } from '#decision';
import type { RecordedUsage, TrafficRecord } from '#decision-log';

/** What a record says, beside what the policies say now. */
export interface RecordComparison {
  readonly id: string;
  readonly at: string;
  readonly revision: string | null;
  /** Whether the policies are the ones that decided. */
  readonly isSameRevision: boolean;
  /** What comes out differently now. */
  readonly changes: readonly { readonly field: string; readonly recorded: unknown; readonly now: unknown }[];
  /** Connections that were not made, each after its target. */
  readonly problems?: readonly string[];
  /** What crossing between dialects left out, by names; absent for nothing. */
  readonly lost?: {
    readonly dropped: readonly string[];
    readonly request: readonly string[];
    readonly answer: readonly string[];
  };
  /** What the record does not hold, so that the explanation guesses. */
  readonly missing: readonly string[];
}

/** The recorded attempts as a script, so that the same targets answer in the same way. Pure. */
export function scriptOfRecord(record: TrafficRecord): UpstreamScript {
  const script: Record<string, UpstreamScript[string][number][]> = {};
  for (const attempt of record.attempts ?? []) {
    const { target, outcome, status, durationMs, usage } = attempt;
    if (outcome === 'cancelled') continue;
    const answer = {
      ...(status == null ? {} : { status }),
      ...(outcome === 'ok' ? {} : { outcome }),
      ...(durationMs === undefined ? {} : { latencyMs: durationMs }),
      ...(usage == null ? {} : tokensOf(usage)),
      ...piecesOf(attempt),
    };
    const known = script[target];
    if (known === undefined) script[target] = [answer];
    else known.push(answer);
  }
  return script;
}

function tokensOf(usage: RecordedUsage): ScriptedOutcome {
  return {
    inputTokens: usage.input ?? 0,
    outputTokens: usage.output ?? 0,
    cacheReadTokens: usage.cacheRead ?? 0,
    cacheWriteTokens: usage.cacheWrite ?? 0,
    cacheWrite1hTokens: usage.cacheWrite1h ?? 0,
    reasoningTokens: usage.reasoning ?? 0,
    audioInputTokens: usage.audioInput ?? 0,
    audioOutputTokens: usage.audioOutput ?? 0,
  };
}

/** Compares a record with what the policies make of the same request and the same facts. Pure. */
export function compareRecord(
  record: TrafficRecord,
  explanation: Explanation,
  digest: string,
  missing: readonly string[],
): RecordComparison {
  const { decision, outcome } = record;
  const changes: { field: string; recorded: unknown; now: unknown }[] = [];
  const note = (field: string, recorded: unknown, now: unknown): void => {
    if (recorded === undefined || JSON.stringify(recorded) === JSON.stringify(now)) return;
    changes.push({ field, recorded, now });
  };
  note('route', decision?.route, explanation.route);
  note('chain', decision?.chain, explanation.chain);
  note('allowed', decision?.allowed, explanation.decision.allowed);
  if (decision?.allowed === false) note('code', decision.code ?? null, explanation.decision.code);
  note(
    'targets',
    decision?.targets,
    explanation.attempts.filter(({ gate }) => gate === 'admitted').map(({ target }) => target),
  );
  const skipped = explanation.attempts.filter(({ gate }) => gate !== 'admitted');
  note(
    'skipped',
    decision?.skipped?.map(({ target, reason }) => `${target}: ${reason}`),
    skipped.map(({ target, gate }) => `${target}: ${gate}`),
  );
  if (outcome !== undefined && (record.attempts ?? []).length > 0) {
    note('target', outcome.target, explanation.target);
    note('status', outcome.status, explanation.decision.status);
    if (outcome.costMicroUsd != null) note('cost', formatMoney(outcome.costMicroUsd), explanation.cost);
  }
  return {
    id: record.id,
    at: record.at,
    revision: record.revision ?? record.digest?.slice(0, 12) ?? null,
    isSameRevision: record.digest === digest,
    changes,
    missing,
    ...lostOf(outcome),
    ...problemsOf(record.attempts ?? []),
  };
}

function problemsOf(attempts: NonNullable<TrafficRecord['attempts']>): Pick<RecordComparison, 'problems'> {
  const problems = attempts.flatMap(({ target, problem }) => (problem === undefined ? [] : [`${target}: ${problem}`]));
  return problems.length === 0 ? {} : { problems: [...new Set(problems)] };
}

function lostOf(outcome: TrafficRecord['outcome']): Pick<RecordComparison, 'lost'> {
  const dropped = outcome?.droppedParams ?? [];
  const { request = [], answer = [] } = outcome?.lost ?? {};
  return dropped.length + request.length + answer.length === 0 ? {} : { lost: { dropped, request, answer } };
}
