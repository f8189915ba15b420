import { compareText, type Diagnostic } from '#core';

/** Joins findings that say the same of the same place in several environments; the environments are then listed. Pure. */
export function mergeFindings(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const merged = new Map<string, Diagnostic>();
  for (const finding of findings) {
    const { rule, file, line, column, message } = finding;
    const key = JSON.stringify([rule, file, line, column, message]);
    const known = merged.get(key);
    merged.set(key, known ? join(known, finding) : finding);
  }
  return [...merged.values()];
}

/** A finding that depends on no environment stays one. */
function join(a: Diagnostic, b: Diagnostic): Diagnostic {
  if (!a.environments || !b.environments) {
    const { environments: _, ...rest } = a;
    return rest;
  }
  return { ...a, environments: [...new Set([...a.environments, ...b.environments])].sort(compareText) };
}
