import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** 0 clean, 1 checked and failed, 2 could not check, 3 differences present (`--detailed-exitcode`), 70 a bug of ours. The same for every verb. */
export type ExitCode = 0 | 1 | 2 | 3 | 70;

/** One word of the command line. */
export interface Verb {
  /** Adds arguments, options, examples, or verbs of its own (`keys create`). */
  readonly configure: (command: Command) => void;
  /** Does the work. Throws `UsageError` for what could not be done (exit code 2); anything else thrown is a bug (70). */
  readonly run: (call: VerbCall) => Promise<ExitCode>;
}

/** A verb with what the user gave it. */
export interface VerbCall {
  /** The word that was called, below a verb that has words of its own the last one: `create` of `keys create`. */
  readonly name: string;
  readonly args: readonly string[];
  /** Options by their camel-case names; each was declared by `configure`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly terminal: Terminal;
}
