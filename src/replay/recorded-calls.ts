import { NO_USAGE, type Usage } from '#core';
import { resolveModel } from '#decision';
import type { RecordedUsage, TrafficRecord } from '#decision-log';
import type { Snapshot } from '#snapshot';

/** One recorded call upstream. */
export type RecordedCall = NonNullable<TrafficRecord['attempts']>[number];

/** Catalogue names of the models that recordings name, each looked up once. */
export type ModelNames = (recorded: string) => string;

/** Recordings of other systems say `gpt-4o`; the catalogue says `openai/gpt-4o`. A name the catalogue does not know stays as it is. */
export function createModelNames(snapshot: Snapshot): ModelNames {
  const known = new Map<string, string>();
  return (recorded) => {
    const found = known.get(recorded);
    if (found !== undefined) return found;
    const name = resolveModel(snapshot, recorded)?.name ?? recorded;
    // Bounded: a recording may hold whatever callers sent.
    if (known.size < 10_000) known.set(recorded, name);
    return name;
  };
}

/** Whether a recorded call went to this model: chains and ids may be renamed, the model is what answered. Pure. */
export function isCallTo(
  call: RecordedCall,
  target: { readonly id: string; readonly model: string | null },
  names: ModelNames,
): boolean {
  if (call.model === undefined || call.model === null) return call.target === target.id;
  return target.model !== null && (call.model === target.model || names(call.model) === target.model);
}

/** The call that answered; null when none did. Pure. */
export function answerOf(record: TrafficRecord): RecordedCall | null {
  const calls = record.attempts;
  if (calls === undefined) return null;
  for (let index = calls.length - 1; index >= 0; index--)
    if (calls[index]?.outcome === 'ok') return calls[index] ?? null;
  return null;
}

/** The answer's tokens: those of the call, else those of the outcome; null when the recording does not tell. Pure. */
export function usageOfAnswer(record: TrafficRecord): Usage | null {
  const usage: Partial<RecordedUsage> | null = answerOf(record)?.usage ?? record.outcome?.usage ?? null;
  return usage === null ? null : { ...NO_USAGE, ...usage };
}
