import { asArray, canonicalJson, isObject, type JsonObject } from '#core';
import type { Pseudonymise } from './pseudonym.ts';
import type { RecordedDigests } from './record.gen.ts';

/**
 * Keyed digests of what was asked, by whichever field the caller's dialect has: equal prompts are seen to be equal, and nothing else is. Instructions
 * amid the turns count as instructions. Pure.
 */
export function promptDigests(body: JsonObject | null, pseudonymise: Pseudonymise): RecordedDigests {
  if (body === null) return { prompt: null, system: null, tools: null };
  const digest = (value: unknown): string | null => (value === undefined ? null : pseudonymise(canonicalJson(value)));
  const turns = body.messages ?? body.contents ?? body.input ?? body.prompt;
  const instructions = asArray(turns).filter(isInstruction);
  const ownField = body.system ?? body.systemInstruction ?? body.system_instruction ?? body.instructions;
  return {
    prompt: digest(instructions.length === 0 ? turns : asArray(turns).filter((turn) => !isInstruction(turn))),
    system: digest(instructions.length === 0 ? ownField : [ownField ?? null, ...instructions]),
    tools: digest(body.tools),
  };
}

function isInstruction(turn: unknown): boolean {
  return isObject(turn) && (turn.role === 'system' || turn.role === 'developer');
}
