import { GatewayError } from '#core';
import type { Stage } from './check.ts';
import type { GuardCheck } from './compile-guard.ts';

/** The refusal of a check: names guardrail and check, never what was found. Pure. */
export function blockedBy(
  stage: Stage,
  { guardrail, id }: Pick<GuardCheck, 'guardrail' | 'id'>,
  why = 'refuses',
): GatewayError {
  const what = stage === 'input' ? 'this request' : 'the answer of the model';
  return new GatewayError('guardrail_blocked', `guardrail ${guardrail}, check ${id}: ${why} ${what}`);
}
