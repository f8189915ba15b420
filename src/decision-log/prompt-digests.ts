import type { JsonObject } from '#core';
import type { Pseudonymise } from './pseudonym.ts';
import type { RecordedDigests } from './record.gen.ts';

/** Keyed digests of what was asked, by whichever field the caller's dialect has: equal prompts are seen to be equal, and nothing else is. Pure. */
export function promptDigests(body: JsonObject | null, pseudonymise: Pseudonymise): RecordedDigests {
  const digest = (value: unknown): string | null => (value === undefined ? null : pseudonymise(JSON.stringify(value)));
  return {
    prompt: digest(body?.messages ?? body?.contents ?? body?.input ?? body?.prompt),
    system: digest(body?.system ?? body?.systemInstruction ?? body?.system_instruction ?? body?.instructions),
    tools: digest(body?.tools),
  };
}
