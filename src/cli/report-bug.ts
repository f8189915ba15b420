import { VERSION } from '#core';
import type { Terminal } from './terminal.ts';
import type { ExitCode } from './verb.ts';

/** Says that the fault is ours and what a report needs, with the stack: the arguments are left out, they may hold secrets. */
export function reportBug(error: unknown, terminal: Terminal): ExitCode {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(
    `signalbox: internal error. This is a bug in Signalbox, not in your policies.\n` +
      `  Please report it with the lines below and what you called.\n` +
      `  signalbox ${VERSION}, Node ${process.versions.node}, ${process.platform}-${process.arch}\n${stack}\n`,
  );
  return 70;
}
