import type { Command } from 'commander';
import type { Severity } from '#core';
import { suggest } from '#policy';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';

/** The formats of every verb that takes `--format`. */
export const FORMATS = ['pretty', 'json', 'sarif', 'junit', 'github', 'markdown'] as const;

/** One of them. */
export type Format = (typeof FORMATS)[number];

/** Where a report goes: stdout when `file` is null. */
export interface Output {
  readonly format: Format;
  readonly file: string | null;
}

/** Adds `--format`, `--fail-level` and `--quiet`. */
export function withReports(command: Command): Command {
  return command
    .option(
      '--format <format>',
      `${FORMATS.join('|')}; FORMAT=FILE writes a file beside what goes to stdout (repeatable)`,
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option('--fail-level <level>', 'lowest severity that fails: error, warn or info', 'error')
    .option('--quiet', 'show only what fails');
}

/**
 * What `--format` asks for. One report goes to stdout: the pretty one unless a bare format says otherwise. A mistake is told the formats, with `others` that the verb
 * reads by itself. Throws `UsageError`.
 */
export function readOutputs({ options }: VerbCall, others: readonly string[] = []): readonly Output[] {
  const outputs = ((options.format ?? []) as readonly string[]).map((text) =>
    readOutput(text, [...FORMATS, ...others]),
  );
  const onStdout = outputs.filter(({ file }) => file === null);
  if (onStdout.length > 1) {
    throw new UsageError('only one report can go to stdout', 'Write the others to files: --format FORMAT=FILE.');
  }
  return onStdout.length === 1 ? outputs : [{ format: 'pretty', file: null }, ...outputs];
}

/** What `--fail-level` says. Throws `UsageError`. */
export function readFailLevel({ options }: VerbCall): Severity {
  const level = options.failLevel;
  if (level === 'error' || level === 'warn' || level === 'info') return level;
  if (level === 'warning') return 'warn';
  throw new UsageError(`--fail-level is error, warn or info, not ${JSON.stringify(level)}`);
}

function readOutput(text: string, formats: readonly string[]): Output {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const file = equals < 0 ? null : text.slice(equals + 1);
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    const meant = suggest(name, formats);
    throw new UsageError(
      `there is no format ${JSON.stringify(name)}`,
      meant ? `Did you mean ${meant}?` : `Formats are ${formats.join(', ')}.`,
    );
  }
  if (file === '')
    throw new UsageError(`--format ${text} names no file`, 'Write FORMAT=FILE, or FORMAT alone for stdout.');
  return { format, file: file === '-' ? null : file };
}
