import type { Guardrail, GuardrailSpec } from '#snapshot';

/** A guardrail; its checks go on as written. Pure. */
export function compileGuardrail(name: string, spec: GuardrailSpec): Guardrail {
  return {
    name,
    stage: spec.stage ?? ['input', 'output'],
    stream: spec.stream ?? 'window',
    checks: spec.checks.map((check) => ({ ...check })),
  };
}
