import type { Diagnostic, Severity } from '#core';
import { countText, type Report } from './report.ts';
import { safeText } from './safe-text.ts';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'notice' };

/** Annotations of GitHub Actions, one workflow command per finding, and a plain last line for the log. Pure. Source: GitHub's "Workflow commands", read 2026-11. */
export function writeGithub(report: Report): string {
  const lines = report.findings.map((finding) => annotation(finding, report));
  return `${[...lines, `signalbox ${report.verb}: ${countText(report.findings)} (${safeText(report.scope)})`].join('\n')}\n`;
}

function annotation(finding: Diagnostic, { pathOf }: Report): string {
  const { severity, rule, file, line, column, message, hint, span } = finding;
  const properties = [
    `file=${escapeProperty(safeText(pathOf(file)))}`,
    `line=${line}`,
    ...(span ? [`endLine=${span.endLine}`] : []),
    `col=${column}`,
    // GitHub ignores an end column on another line.
    ...(span && span.endLine === span.line ? [`endColumn=${span.endColumn}`] : []),
    `title=${escapeProperty(rule)}`,
  ];
  const text = [safeText(message), ...(hint === undefined ? [] : [safeText(hint)])].join('\n');
  return `::${COMMANDS[severity]} ${properties.join(',')}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
