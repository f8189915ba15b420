import { type Diagnostic, type Severity, sha256 } from '#core';
import { findPage } from '#lint';
import type { Report } from './report.ts';
import { safeJson } from './safe-text.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'note' };

/** SARIF 2.1.0, as code scanning reads it: each rule with its page, each finding with region and a fingerprint that survives moved lines. Pure. */
export function writeSarif(report: Report, version: string): string {
  const rules = [...new Set(report.findings.map(({ rule }) => rule))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'signalbox', version, semanticVersion: version, rules: rules.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: report.exitCode < 2, exitCode: report.exitCode }],
        results: report.findings.map((finding) => result(finding, rules, report)),
      },
    ],
  };
  return `${safeJson(log)}\n`;
}

function describeRule(id: string): object {
  const page = findPage(id);
  if (!page) return { id };
  return {
    id,
    name: id.replace(/(?:^|[/-])([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: page.summary },
    fullDescription: { text: page.summary },
    help: { text: page.markdown, markdown: page.markdown },
    defaultConfiguration: { level: LEVELS[page.severity] },
  };
}

function result(finding: Diagnostic, rules: readonly string[], { pathOf }: Report): object {
  const { rule, severity, file, line, column, message, hint, span, related = [], environments, witness } = finding;
  const region = {
    startLine: line,
    startColumn: column,
    ...(span && span.end > span.start && { endLine: span.endLine, endColumn: span.endColumn }),
  };
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}. ${hint}` },
    locations: [{ physicalLocation: { artifactLocation: artifact(pathOf(file)), region } }],
    ...(related.length > 0 && {
      relatedLocations: related.map((other, id) => ({
        id,
        message: { text: other.message },
        physicalLocation: { artifactLocation: artifact(pathOf(other.file)), region: { startLine: other.line } },
      })),
    }),
    partialFingerprints: { 'signalboxFinding/v1': sha256(JSON.stringify([rule, file, message])) },
    ...((environments || witness !== undefined) && { properties: { environments, witness } }),
  };
}

/** A relative reference by RFC 3986: forward slashes, everything else percent-encoded. */
function artifact(path: string): object {
  const uri = path
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
  return path.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}
