import type { Diagnostic } from '#core';

/** A finding as the HTTP contract shows it: without spans and witnesses. Pure. */
export function reportDiagnostic({ rule, severity, file, line, column, message, hint }: Diagnostic): object {
  return { rule, severity, file, line, column, message, hint: hint ?? null };
}
