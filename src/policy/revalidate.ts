import type { Diagnostic, Span } from '#core';
import type { Effective } from './effective.ts';
import { validateAgain } from './parse.ts';

/**
 * Checks a document that was put together from several texts against its schema. A finding stands where the value was written; one that an operation
 * caused without writing anything there (a removed required key) stands at the operation. Pure.
 */
export function revalidate(document: Effective): readonly Diagnostic[] {
  const { kind, name, value, valueSpan, keySpan } = document;
  const { file } = document.place;
  const findings = validateAgain({ file, index: 0, kind, name, value, valueSpan, keySpan });
  return findings.map((finding) =>
    withoutSecret(relocate({ ...finding, file: finding.span?.file ?? finding.file }, document)),
  );
}

/** Texts were blacked out before operations were applied, so what an operation shows in plain sight gets no frame. */
function withoutSecret(finding: Diagnostic): Diagnostic {
  if (finding.rule !== 'secret/literal') return finding;
  const { span: _, ...rest } = finding;
  return rest;
}

function relocate(finding: Diagnostic, { overlays }: Effective): Diagnostic {
  const { span } = finding;
  const isWritten = overlays.some((operation) => span && contains(operation.span, span));
  if (isWritten || overlays.length === 0) return finding;
  const cause = overlays.findLast((operation) => operation.operation === 'remove') ?? overlays.at(-1);
  if (!cause) return finding;
  const { file, line, column } = cause.span;
  return { ...finding, file, line, column, span: cause.span, message: `after this operation ${finding.message}` };
}

function contains(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
}
