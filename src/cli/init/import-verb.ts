import { readFile } from 'node:fs/promises';
import { loadCatalog } from '#catalog';
import { type Diagnostic, VERSION } from '#core';
import { CONFIG_KINDS, type ConfigKind, type Difference, type Imported, importConfig } from '#importers';
import { suggest } from '#policy';
import { textOption } from '../options.ts';
import { readFailLevel, readOutputs } from '../report/formats.ts';
import type { Report } from '../report/report.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';
import { whyUnreadable } from '../why-unreadable.ts';

const KINDS = Object.keys(CONFIG_KINDS) as readonly ConfigKind[];

/** Reads another gateway's configuration. Throws `UsageError` for a file that cannot be read, or is of no kind that is known. Effect: reads the file or stdin. */
export async function readForeign(call: VerbCall, from: string, project: string): Promise<Imported> {
  const kind = readKind(call.options.fromKind);
  const file = from === '-' ? 'stdin' : from;
  const text = from === '-' ? new TextDecoder().decode(await call.terminal.readInput()) : await readText(from);
  const result = importConfig({
    text,
    file,
    kind,
    project,
    owner: 'platform',
    nowMs: call.terminal.nowMs(),
    catalog: loadCatalog(),
  });
  if (result.kind === 'imported') return result;
  if (result.kind === 'unreadable') {
    const place = result.line === null ? file : `${file}:${result.line}`;
    throw new UsageError(`${place}: ${result.message}. Nothing was written`, result.hint);
  }
  const [nearest] = result.candidates;
  const meant = nearest === undefined ? '' : `Did you mean ${CONFIG_KINDS[nearest]} (--from-kind ${nearest})? `;
  throw new UsageError(
    `${file} is no configuration that is recognised. Nothing was written`,
    `${meant}Kinds are ${KINDS.join(', ')}; --from-kind takes a file for one of them.`,
  );
}

/** Reports what was imported and every difference, in the formats asked for. Effect: writes to the terminal and to files. */
export async function reportImport(call: VerbCall, imported: Imported, notes: readonly string[]): Promise<void> {
  const { source, verdict, differences, findings, counts, files } = imported;
  const warnings = findings.map((finding) => ({ ...finding, file: `policies/${finding.file}` }));
  const exitCode = verdict === 'none' ? 1 : 0;
  const report: Report = {
    verb: 'init',
    findings: differences.map(toDiagnostic),
    json: {
      version: VERSION,
      exitCode,
      source,
      verdict,
      counts,
      files: verdict === 'none' ? [] : files.map(({ path }) => path),
      differences,
      findings: warnings.map(({ rule, severity, file, line, message }) => ({ rule, severity, file, line, message })),
    },
    failLevel: readFailLevel(call),
    exitCode,
    pathOf: (file) => file,
    texts: new Map(),
    scope: `${CONFIG_KINDS[source]}: imported ${{ full: 'fully', partial: 'in part', none: 'not at all' }[verdict]}`,
    notes,
  };
  await writeReports(report, readOutputs(call), call.terminal, { isQuiet: call.options.quiet === true });
}

/** What is lost or has to be done is a warning, what is otherwise different is advice; nothing of it is an error. */
function toDiagnostic({ effect, topic, file, line, path, message, action }: Difference): Diagnostic {
  return {
    rule: `import/${topic}`,
    severity: effect === 'left-out' || effect === 'needs-you' ? 'warn' : 'info',
    file,
    line,
    column: 1,
    message: path === '' ? message : `${path}: ${message}`,
    hint: action,
  };
}

function readKind(value: unknown): ConfigKind | null {
  const text = textOption(value);
  if (text === undefined) return null;
  const kind = KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  const meant = suggest(text, KINDS);
  const hint = meant === undefined ? `Kinds are ${KINDS.join(', ')}.` : `Did you mean ${meant}?`;
  throw new UsageError(`there is no kind of configuration ${JSON.stringify(text)}`, hint);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} cannot be read: ${whyUnreadable(error)}`, null, { cause: error });
  });
}
