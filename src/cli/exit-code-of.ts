import { CommanderError } from 'commander';
import { reportBug } from './report-bug.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import type { ExitCode } from './verb.ts';

/** Does the work of a command line and tells its exit code: a mistake of the user is one line and a hint on stderr, a bug of ours says how to report it. */
export async function exitCodeOf(terminal: Terminal, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      terminal.err(`signalbox: ${error.message}\n${error.hint === null ? '' : `  ${error.hint}\n`}`);
      return 2;
    }
    return reportBug(error, terminal);
  }
}
