import type { Diagnostic } from '#core';
import { maskFinding } from './mask-finding.ts';
import type { Report } from './report.ts';
import { safeJson } from './safe-text.ts';

/** The verb's own JSON, on several lines. Pure. */
export function writeJson({ json }: Report): string {
  return `${safeJson(json)}\n`;
}

/** A finding as `schemas/lint-report.schema.json` has it: without the span, with `null` and empty lists said out loud. Pure. */
export function jsonFinding(finding: Diagnostic): Readonly<Record<string, unknown>> {
  const { rule, severity, file, line, column, message, hint, related, witness, fix, environments } =
    maskFinding(finding);
  return {
    rule,
    severity,
    file,
    line,
    column,
    message,
    hint: hint ?? null,
    related: related ?? [],
    witness: witness ?? null,
    fix: fix?.title ?? null,
    ...(environments && { environments }),
  };
}
