import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Diagnostic, VERSION } from '#core';
import { cannotCheck, formatPolicies, loadPolicies, parsePolicies } from '#policy';
import { policiesFolder, withPolicies } from '../options.ts';
import { replaceFile } from '../replace-file.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import { fails } from '../report/report.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';
import { whyUnreadable } from '../why-unreadable.ts';

/** `signalbox fmt [--check] [FILES|-]`: canonical layout; comments stay, and so does every value. */
export const fmt: Verb = {
  configure(command) {
    command.argument('[files...]', 'files or folders (default: the policies folder); - formats stdin to stdout');
    withReports(withPolicies(command));
    command.option('--check', 'change nothing; exit code 1 when a file is not in its canonical layout');
  },
  run: formatFiles,
};

/** A file that was named or found. */
interface Named {
  /** As findings and the report show it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What became of one file. */
interface Outcome {
  readonly path: string;
  readonly text: string;
  readonly findings: readonly Diagnostic[];
  /** The new text; null when the file stays as it is. */
  readonly formatted: string | null;
}

async function formatFiles(call: VerbCall): Promise<ExitCode> {
  if (call.args.includes('-')) return formatInput(call);
  const outputs = readOutputs(call);
  const failLevel = readFailLevel(call);
  const isCheck = call.options.check === true;
  const { files, unreadable } = await findFiles(call);
  const outcomes = files.map((file) => format(file));
  if (!isCheck)
    for (const outcome of outcomes) if (outcome.formatted !== null) await write(outcome.path, outcome.formatted);
  const changed = outcomes.filter(({ formatted }) => formatted !== null);
  const findings = [
    ...unreadable,
    ...outcomes.flatMap((outcome) => outcome.findings),
    ...(isCheck ? changed.map(layoutFinding) : []),
  ];
  const exitCode = findings.some(({ severity }) => fails(severity, failLevel)) ? 1 : 0;
  const notes = isCheck ? [] : changed.map(({ path }) => `formatted ${path}`);
  await writeReports(
    {
      verb: 'fmt',
      findings,
      json: {
        version: VERSION,
        exitCode,
        changed: changed.map(({ path }) => path),
        findings: findings.map(jsonFinding),
      },
      failLevel,
      exitCode,
      pathOf: (file) => file,
      texts: new Map(outcomes.map(({ path, text }) => [path, text])),
      scope: `${files.length} file${files.length === 1 ? '' : 's'}, ${changed.length} ${isCheck ? 'to be formatted' : 'formatted'}`,
      notes,
    },
    outputs,
    call.terminal,
    { isQuiet: call.options.quiet === true },
  );
  return exitCode;
}

/** Stdin to stdout, for editors; with `--check` nothing is printed. A text that cannot be formatted comes back as it was. */
async function formatInput({ args, options, terminal }: VerbCall): Promise<ExitCode> {
  if (args.length > 1) throw new UsageError('- stands for stdin and cannot be mixed with files');
  const outcome = format({ path: 'stdin.yaml', bytes: await terminal.readInput() });
  const isCheck = options.check === true;
  if (!isCheck) terminal.out(outcome.formatted ?? outcome.text);
  const findings = isCheck && outcome.formatted !== null ? [layoutFinding(outcome)] : outcome.findings;
  for (const { line, column, rule, message } of findings) {
    terminal.err(`stdin:${line}:${column} ${rule} ${message}\n`);
  }
  return findings.length > 0 ? 1 : 0;
}

async function findFiles(
  call: VerbCall,
): Promise<{ readonly files: readonly Named[]; readonly unreadable: readonly Diagnostic[] }> {
  const named = call.args.length > 0 ? call.args : [policiesFolder(call)];
  const files = new Map<string, Named>();
  const unreadable: Diagnostic[] = [];
  for (const path of named) {
    const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error);
    if (stats instanceof Error) {
      throw new UsageError(`${path} cannot be read: ${whyUnreadable(stats)}`);
    }
    if (stats.isFile()) files.set(path, { path, bytes: await readFile(path) });
    else {
      const tree = await loadPolicies(path);
      if (cannotCheck(tree.diagnostics)) {
        throw new UsageError(`${path}: ${tree.diagnostics[0]?.message}`, tree.diagnostics[0]?.hint ?? null);
      }
      unreadable.push(...tree.diagnostics.map((finding) => ({ ...finding, file: join(path, finding.file) })));
      for (const { file, bytes } of tree.sources) files.set(join(path, file), { path: join(path, file), bytes });
    }
  }
  return { files: [...files.values()], unreadable };
}

function format({ path, bytes }: Named): Outcome {
  const text = decode(bytes);
  if (text === null) {
    // Decoding with replacement characters would write something else back; reading says where the bad byte is.
    const { diagnostics, texts } = parsePolicies([{ file: path, bytes }]);
    return { path, text: texts.get(path) ?? '', findings: diagnostics, formatted: null };
  }
  const result = formatPolicies(text, path);
  if (result.kind === 'refused') return { path, text, findings: result.diagnostics, formatted: null };
  return { path, text, findings: [], formatted: result.changed ? result.text : null };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function layoutFinding({ path, text, formatted }: Outcome): Diagnostic {
  const before = text.split('\n');
  const after = (formatted ?? '').split('\n');
  const differs = before.findIndex((line, at) => line !== after[at]);
  const line = differs < 0 ? before.length : differs + 1;
  return {
    rule: 'fmt/layout',
    severity: 'error',
    file: path,
    line,
    column: 1,
    message: 'the file is not in its canonical layout; this is the first line that differs',
    hint: 'Run `signalbox fmt`.',
  };
}

async function write(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, null, { cause: error });
  }
}
