import { asArray, asObject, asString, type Diagnostic } from '#core';
import { CHECKS, CheckOptionError, type CheckOptions, compileCheck } from '#guardrails';
import { type Effective, specOf } from './effective.ts';
import { errorAt } from './finding.ts';

const RULE = 'guardrail/check';

/** Options of checks that their schema allows and that cannot be used all the same: an expression that is none, an action that a check cannot do. Pure. */
export function checkGuardrails(guardrails: Iterable<Effective>): readonly Diagnostic[] {
  return [...guardrails].flatMap((guardrail) =>
    asArray(specOf(guardrail).checks).flatMap((check, index) => findMistake(guardrail, asObject(check), index)),
  );
}

function findMistake(guardrail: Effective, options: CheckOptions, index: number): readonly Diagnostic[] {
  const path = ['spec', 'checks', index] as const;
  const known = CHECKS.get(asString(options.check) ?? '');
  const { action } = options;
  if (known?.actions !== undefined && action !== undefined && !known.actions.includes(action)) {
    const message = `the check \`${known.name}\` cannot \`${action}\``;
    const hint = `Use ${known.actions.map((each) => `\`${each}\``).join(' or ')}.`;
    return [errorAt(guardrail.valueSpan([...path, 'action']), { rule: RULE, message, hint })];
  }
  try {
    compileCheck(options);
    return [];
  } catch (error) {
    if (!(error instanceof CheckOptionError)) throw error;
    const { option, message } = error;
    const place = option in options ? [...path, option] : path;
    return [errorAt(guardrail.valueSpan(place), { rule: RULE, message: `\`${option}\`: ${message}` })];
  }
}
