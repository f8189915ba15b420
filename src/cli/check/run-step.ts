import { Command } from 'commander';
import { isObject, type JsonObject } from '#core';
import { exitCodeOf } from '../exit-code-of.ts';
import type { Terminal } from '../terminal.ts';
import type { ExitCode, Verb } from '../verb.ts';

/** What came of one verb. */
export interface StepResult {
  readonly exitCode: ExitCode;
  /** What it printed with `--format json`; null when it printed none. */
  readonly json: JsonObject | null;
  /** Why it could not check; null when it could. */
  readonly problem: string | null;
}

/** Runs a verb as its command line would, with its JSON in hand instead of on stdout. Effects: those of the verb. */
export async function runStep(terminal: Terminal, verb: Verb, argv: readonly string[]): Promise<StepResult> {
  let printed = '';
  let complaint = '';
  const captured: Terminal = {
    ...terminal,
    hasColours: false,
    out: (text) => {
      printed += text;
    },
    err: (text) => {
      // Progress redraws its line; it is for whoever watches, and no complaint.
      if (text.startsWith('\r')) terminal.err(text);
      else complaint += text;
    },
  };
  const exitCode = await exitCodeOf(captured, () => callVerb(captured, verb, [...argv, '--format', 'json']));
  const problem = exitCode === 0 || exitCode === 1 || exitCode === 3 ? null : complaintText(complaint);
  return { exitCode, json: parsed(printed), problem };
}

async function callVerb(terminal: Terminal, verb: Verb, argv: readonly string[]): Promise<ExitCode> {
  const command = new Command().exitOverride().configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  verb.configure(command);
  command.action(() => undefined);
  await command.parseAsync([...argv], { from: 'user' });
  return verb.run({ name: command.name(), args: command.args, options: command.opts(), terminal });
}

function complaintText(text: string): string {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return (
    lines
      .slice(0, 3)
      .join(' ')
      .replace(/^signalbox: /, '') || 'no reason was given'
  );
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
