import { createHash } from 'node:crypto';
import type { Diagnostic } from '#core';

const SEVERITIES = { error: 'blocker', warn: 'major', info: 'info' } as const;

/** GitLab's code quality report: findings beside the changed lines of a merge request. Pure. Source: docs.gitlab.com/ci/testing/code_quality, read 2026-11. */
export function codeQuality(findings: readonly Diagnostic[]): string {
  const seen = new Map<string, number>();
  const entries = findings.map(({ rule, severity, file, line, message }) => {
    // Not by line, so that a finding that moves stays the same; equal ones are told apart by their order.
    const key = JSON.stringify([rule, file, message]);
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    return {
      description: message,
      check_name: rule,
      fingerprint: createHash('sha256').update(`${key}${turn}`).digest('hex'),
      severity: SEVERITIES[severity],
      location: { path: file.replaceAll('\\', '/'), lines: { begin: line } },
    };
  });
  return `${JSON.stringify(entries, null, 2)}\n`;
}
