import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VERSION } from '#core';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { Format, Output } from './formats.ts';
import { writeGithub } from './github.ts';
import { writeJson } from './json.ts';
import { writeJunit } from './junit.ts';
import { writeMarkdown } from './markdown.ts';
import { maskFinding } from './mask-finding.ts';
import { writePretty } from './pretty.ts';
import type { Look, Report } from './report.ts';
import { writeSarif } from './sarif.ts';

/** Forms of its own that a verb gives instead of the list of findings: `explain` shows a decision, `test` its cases. */
export type OwnForms = Readonly<Partial<Record<Format, (look: Look) => string>>>;

/**
 * Writes a report in every form asked for: one to stdout, the others to their files, whose folders are made. Throws `UsageError` for a file that
 * cannot be written.
 */
export async function writeReports(
  report: Report,
  outputs: readonly Output[],
  terminal: Terminal,
  { isQuiet = false, own = {} }: { readonly isQuiet?: boolean; readonly own?: OwnForms } = {},
): Promise<void> {
  const masked = { ...report, findings: report.findings.map(maskFinding) };
  for (const { format, file } of outputs) {
    const look = { hasColours: file === null && terminal.hasColours, columns: terminal.columns, isQuiet };
    const text = own[format]?.(look) ?? write(format, masked, look);
    if (file === null) terminal.out(text);
    else await writeReportFile(file, text);
  }
}

function write(format: Format, report: Report, look: Look): string {
  switch (format) {
    case 'pretty':
      return writePretty(report, look);
    case 'json':
      return writeJson(report);
    case 'sarif':
      return writeSarif(report, VERSION);
    case 'junit':
      return writeJunit(report);
    case 'github':
      return writeGithub(report);
    case 'markdown':
      return writeMarkdown(report);
  }
}

/** Writes one report to a file, whose folders are made. Throws `UsageError` when it cannot. */
export async function writeReportFile(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${file}: ${(error as Error).message}`, null, {
      cause: error,
    });
  }
}
