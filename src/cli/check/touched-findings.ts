import { relative } from 'node:path';
import type { Diagnostic } from '#core';
import { findingsSince } from '../lint/changed-since.ts';
import { loadTree } from '../load-tree.ts';
import { policiesFolder } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';

/** What fails, wherever it is, and advice that has to do with the change, as `lint --changed-since` tells; all of it where there is nothing to compare with. Reads git. */
export async function touchedFindings(
  call: VerbCall,
  base: string | null,
  findings: readonly Diagnostic[],
): Promise<readonly Diagnostic[]> {
  const folder = policiesFolder(call);
  const advice = new Map(
    findings.flatMap((finding) =>
      finding.severity === 'error' ? [] : [[finding, { ...finding, file: relative(folder, finding.file) }] as const],
    ),
  );
  if (base === null || advice.size === 0) return findings;
  try {
    const range = { revision: base, environments: null, nowMs: call.terminal.nowMs() };
    const since = await findingsSince(await loadTree(call), [...advice.values()], range);
    const touched = new Set(since.findings);
    return findings.filter((finding) => {
      const told = advice.get(finding);
      return told === undefined || touched.has(told);
    });
  } catch (error) {
    if (error instanceof UsageError) return findings;
    throw error;
  }
}
