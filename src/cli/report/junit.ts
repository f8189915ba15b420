import type { Diagnostic } from '#core';
import { fails, type Report } from './report.ts';
import { safeText } from './safe-text.ts';

/** JUnit XML as CI servers read it: one case per finding, failed when it fails the run; one passed case when there is nothing to report. Pure. */
export function writeJunit(report: Report): string {
  const cases = report.findings.map((finding) => testCase(finding, report));
  if (cases.length === 0)
    cases.push(`    <testcase name="no findings" classname="signalbox.${report.verb}" time="0"/>`);
  const failures = report.findings.filter(({ severity }) => fails(severity, report.failLevel)).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="0"`;
  const name = `signalbox ${report.verb}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(finding: Diagnostic, { verb, failLevel, pathOf }: Report): string {
  const { rule, severity, file, line, column, message, hint } = finding;
  const place = `${pathOf(file)}:${line}:${column}`;
  const head = `    <testcase name="${escapeXml(`${rule} ${place}`)}" classname="${escapeXml(`signalbox.${verb}.${rule}`)}" file="${escapeXml(pathOf(file))}" line="${line}" time="0">`;
  const body = escapeXml([`${place} ${message}`, ...(hint === undefined ? [] : [hint])].map(safeText).join('\n'));
  const inner = fails(severity, failLevel)
    ? `      <failure type="${severity}" message="${escapeXml(message)}">${body}</failure>`
    : `      <system-out>${severity}: ${body}</system-out>`;
  return `${head}\n${inner}\n    </testcase>`;
}

/** Text in XML, in attributes too. XML 1.0 has no way to write most controls, so they are made visible first. Pure. */
export function escapeXml(text: string): string {
  const safe = text.split('\n').map(safeText).join('\n');
  return safe
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replace(/[\ufffe\uffff]/g, '\ufffd');
}
